import { ByteWriter, CorruptionError, fromHex, toHex } from '@cassette/bytes';
import { expect, test } from 'vitest';
import { bytesSource } from '../io/bytes-source.ts';
import { bytesSink } from '../testing/bytes-io.ts';
import { tinyCrcHex, tinyDataHex } from '../testing/tiny-table.ts';
import { ChecksummedSink, ChecksummedSource, decodeChecksums, encodeChecksums } from './index.ts';

const data = fromHex(tinyDataHex)!;

test('CRC.db of the tiny table is the one that Cassandra wrote', () => {
  const stored = bytesSink();
  const sink = new ChecksummedSink(stored);
  for (let at = 0; at < data.length; at += 7) sink.write(data.subarray(at, at + 7));
  const out = new ByteWriter();
  encodeChecksums(out, sink.finish());
  expect(toHex(out.written())).toBe(tinyCrcHex);
  expect([sink.digest, sink.position, toHex(stored.bytes())]).toEqual([1370116053, 50, tinyDataHex]);
});

test('chunks end where they end, whatever the pieces', () => {
  const sinks = [1, 3, 50].map((piece) => {
    const sink = new ChecksummedSink(bytesSink(), 16);
    for (let at = 0; at < data.length; at += piece) sink.write(data.subarray(at, at + piece));
    return sink.finish();
  });
  expect(sinks[0].checksums.length).toBe(4);
  expect(sinks[1]).toEqual(sinks[0]);
  expect(sinks[2]).toEqual(sinks[0]);
});

test('a checked source gives what was written and finds every changed byte', () => {
  const sink = new ChecksummedSink(bytesSink(), 16);
  sink.write(data);
  const { chunkLength, checksums } = sink.finish();
  // One checksum too many, as Cassandra's compactions write it.
  const source = new ChecksummedSource(bytesSource(data), { chunkLength, checksums: Uint32Array.of(...checksums, 0) });
  const target = new Uint8Array(60);
  expect(source.read(target, 3)).toBe(47);
  expect(toHex(target, 0, 47)).toBe(toHex(data, 3));
  expect([source.read(target, 50), source.read(target, 60)]).toEqual([0, 0]);
  expect(source.chunksRead).toBe(4);
  for (let at = 0; at < data.length; at++) {
    const wrong = data.slice();
    wrong[at] ^= 1;
    const bad = new ChecksummedSource(bytesSource(wrong, 'nb-1-big-Data.db'), { chunkLength, checksums });
    expect(() => bad.read(new Uint8Array(50), 0)).toThrow(`nb-1-big-Data.db at ${at - (at % 16)}`);
  }
  expect(() => new ChecksummedSource(bytesSource(data), { chunkLength, checksums: checksums.slice(1) })).toThrow(CorruptionError);
});

test('a CRC.db that is cut or impossible is corrupt', () => {
  for (const hex of ['', '0001', '00010000aa', '00000000', 'ffffffff00000000']) {
    expect(() => decodeChecksums(fromHex(hex)!, 'c')).toThrow(CorruptionError);
  }
  expect(decodeChecksums(fromHex(tinyCrcHex)!, 'c')).toEqual({ chunkLength: 65536, checksums: Uint32Array.of(0x51aa4fd5) });
});
