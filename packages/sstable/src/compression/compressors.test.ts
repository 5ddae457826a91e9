import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { crc32, toHex } from '@cassette/bytes';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesSource } from '../io/bytes-source.ts';
import { bytesSink } from '../testing/bytes-io.ts';
import {
  CompressedSink,
  CompressedSource,
  type CompressionInfo,
  type Compressor,
  compressorOf,
  decodeCompressionInfo,
  deflateCompressor,
  lz4Compressor,
  noopCompressor,
  snappyCompressor,
  xxh64Low,
  zstdCompressor,
} from './index.ts';

const all = [lz4Compressor, snappyCompressor, deflateCompressor, zstdCompressor, noopCompressor];
const goldens = resolve(import.meta.dirname, '../../../../e2e/cassandra/goldens/nb');

/** Compressed files that Cassandra wrote. */
const files = ['compression', 'compression_flushed'].flatMap((name) =>
  readdirSync(join(goldens, name, 'sstables/g')).map((table) => {
    const folder = join(goldens, name, 'sstables/g', table);
    const file = (component: string) => {
      const found = readdirSync(folder).find((one) => one.endsWith(component))!;
      return new Uint8Array(readFileSync(join(folder, found)));
    };
    return { table: `${name}/${table}`, data: file('Data.db'), info: decodeCompressionInfo(file('CompressionInfo.db'), 'info') };
  }),
);

/** Whose chunks become the same bytes again: not those of Zstandard, whose encoder is another one. */
const identical = ({ info }: (typeof files)[number]) => info.compressor !== 'ZstdCompressor';

test('Cassandra wrote goldens of every compressor', () => {
  expect(new Set(files.map(({ info }) => info.compressor))).toEqual(new Set(all.map(({ name }) => name)));
});

function decoded({ data, info }: { data: Uint8Array; info: CompressionInfo }): Uint8Array {
  const source = new CompressedSource(bytesSource(data), info);
  const bytes = new Uint8Array(source.size);
  expect(source.read(bytes, 0)).toBe(source.size);
  return bytes;
}

function encoded(bytes: Uint8Array, { info }: (typeof files)[number]) {
  const sink = bytesSink();
  const { chunkLength, maxCompressedLength, options } = info;
  const compressed = new CompressedSink(sink, {
    compressor: compressorOf(info.compressor, options),
    chunkLength,
    maxCompressedLength,
    options,
  });
  compressed.write(bytes);
  return { info: compressed.finish(), data: sink.bytes(), table: '' };
}

describe.each(files)('$table', (file) => {
  test('what Cassandra compressed comes back, and is compressed to what comes back', () => {
    const bytes = decoded(file);
    expect(Buffer.from(decoded(encoded(bytes, file))).equals(bytes)).toBe(true);
  });
});

describe.each(files.filter(identical))('$table', (file) => {
  test('its chunks become the same bytes', () => {
    const again = encoded(decoded(file), file);
    const chunks = again.info.chunkOffsets.length;
    expect(again.info.chunkOffsets).toEqual(file.info.chunkOffsets.slice(0, chunks));
    expect(Buffer.from(again.data).equals(file.data.subarray(0, again.data.length))).toBe(true);
    // A compaction of Cassandra's ends with a chunk of nothing.
    const empty = new Uint8Array(64);
    const length = compressorOf(file.info.compressor).compress(new Uint8Array(0), 0, 0, empty, 0);
    const surplus = `${toHex(empty.subarray(0, length))}${crc32(empty, 0, length).toString(16).padStart(8, '0')}`;
    expect(toHex(file.data.subarray(again.data.length))).toBe(file.info.chunkOffsets.length > chunks ? surplus : '');
  });
});

function payloadOf(compressor: Compressor, bytes: Uint8Array): Uint8Array {
  const bound = compressor.maxPayloadLength(bytes.length);
  const target = new Uint8Array(bound + 8).fill(0xee);
  const end = compressor.compress(bytes, 0, bytes.length, target, 3);
  expect(end).toBeLessThanOrEqual(3 + bound);
  expect(toHex(target.subarray(0, 3)) + toHex(target.subarray(3 + bound))).toBe('eeeeeeeeeeeeeeee');
  return target.slice(3, end);
}

/** Bytes that repeat themselves, near and far. */
const repetitive = fc
  .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 60 })), {
    minLength: 1,
    maxLength: 60,
  })
  .map((runs) =>
    Uint8Array.from([...runs, ...runs.slice(0, 9)].flatMap(([bytes, n]) => Array.from({ length: n }, () => [...bytes]).flat())),
  );

describe.each(all)('$name', (compressor) => {
  test('whatever is compressed comes back, in the middle of other bytes', () => {
    fc.assert(
      fc.property(fc.oneof(repetitive, fc.uint8Array({ minLength: 1, maxLength: 3000 })), (bytes) => {
        const payload = payloadOf(compressor, bytes);
        const source = new Uint8Array(payload.length + 9).fill(0xaa);
        source.set(payload, 5);
        const target = new Uint8Array(bytes.length + 10).fill(0xbb);
        expect(compressor.decompress(source, 5, 5 + payload.length, target, 4, 4 + bytes.length)).toBe(bytes.length);
        expect(Buffer.from(target.subarray(4, 4 + bytes.length)).equals(bytes)).toBe(true);
        expect(toHex(target.subarray(0, 4)) + toHex(target.subarray(4 + bytes.length))).toBe('bbbbbbbbbbbbbbbbbbbb');
      }),
      { numRuns: 150 },
    );
  });

  test('a large chunk comes back, too', () => {
    const bytes = new Uint8Array(300_000);
    for (let i = 0, x = 7; i < bytes.length; i++) {
      x = (Math.imul(x, 1103515245) + 12345) >>> 0;
      bytes[i] = i % 7000 < 5000 ? 97 + ((i * i) % 19) : x >>> 24;
    }
    const payload = payloadOf(compressor, bytes);
    const target = new Uint8Array(bytes.length);
    expect(compressor.decompress(payload, 0, payload.length, target, 0, bytes.length)).toBe(bytes.length);
    expect(Buffer.from(target).equals(bytes)).toBe(true);
  });

  test('damaged payloads give a place in them or some bytes, never an exception nor a byte outside', () => {
    const samples = files
      .filter(({ info }) => info.compressor === compressor.name)
      .map(({ data, info }) => data.subarray(0, (info.chunkOffsets[1] ?? data.length) - 4));
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
        fc.option(fc.nat()),
        (sample, changes, cut) => {
          const payload = sample.slice(0, cut === null ? sample.length : cut % (sample.length + 1));
          for (const [at, value] of changes)
            if (payload.length > 0) payload[at % Math.min(payload.length, at % 2 === 0 ? 40 : 1e9)] = value;
          const target = new Uint8Array(300_010).fill(0xbb);
          const made = compressor.decompress(payload, 0, payload.length, target, 5, 300_005);
          expect(made).toBeGreaterThanOrEqual(-1 - payload.length);
          expect(made).toBeLessThanOrEqual(300_000);
          expect(toHex(target.subarray(0, 5)) + toHex(target.subarray(300_005))).toBe('bbbbbbbbbbbbbbbbbbbb');
        },
      ),
      { numRuns: 300 },
    );
  });
});

test('a chunk that gives more than there is room for is refused', () => {
  for (const compressor of all) {
    const payload = payloadOf(compressor, new Uint8Array(1000).fill(65));
    expect(compressor.decompress(payload, 0, payload.length, new Uint8Array(999), 0, 999), compressor.name).toBeLessThan(0);
  }
});

// Longer ones are checked by the frames that Cassandra wrote.
test.each([
  ['', 0x51d8e999],
  ['a', 0xa98c6e5b],
  ['abc', 0xad770999],
])('the low half of the XXH64 of %j', (text, low) => {
  expect(xxh64Low(new TextEncoder().encode(text), 0, text.length)).toBe(low);
});
