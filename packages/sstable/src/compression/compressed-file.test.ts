import { ByteWriter, CorruptionError, crc32, fromHex, toHex } from '@cassette/bytes';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesSource } from '../io/bytes-source.ts';
import { bytesSink } from '../testing/bytes-io.ts';
import {
  CompressedSink,
  CompressedSource,
  type CompressionInfo,
  compressorOf,
  decodeCompressionInfo,
  encodeCompressionInfo,
  lz4Compressor,
  maxCompressedLengthOf,
  noopCompressor,
  UnsupportedCompressorError,
} from './index.ts';

function write(data: Uint8Array, chunkLength: number, maxCompressedLength?: number, compressor = lz4Compressor, piece = 1 << 30) {
  const sink = bytesSink('nb-1-big-Data.db');
  const compressed = new CompressedSink(sink, {
    compressor,
    chunkLength,
    ...(maxCompressedLength === undefined ? {} : { maxCompressedLength }),
  });
  for (let at = 0; at < data.length; at += piece) compressed.write(data.subarray(at, at + piece));
  const info = compressed.finish();
  return { info, stored: sink.bytes(), compressed };
}

function open(stored: Uint8Array, info: CompressionInfo): CompressedSource {
  return new CompressedSource(bytesSource(stored, 'nb-1-big-Data.db'), info);
}

function readAll(source: CompressedSource): Uint8Array {
  const bytes = new Uint8Array(source.size);
  expect(source.read(bytes, 0)).toBe(source.size);
  return bytes;
}

function noise(length: number): Uint8Array {
  let x = 7;
  return Uint8Array.from({ length }, () => {
    x = (Math.imul(x, 1664525) + 1013904223) | 0;
    return x >>> 24;
  });
}

test('a chunk is the length in little-endian, an LZ4 block and the CRC32 of both', () => {
  const { info, stored, compressed } = write(new Uint8Array(1000), 1024);
  const payload = 'e80300001f000100ffffffd2500000000000';
  const crc = crc32(fromHex(payload)!);
  expect(toHex(stored)).toBe(payload + crc.toString(16).padStart(8, '0'));
  expect(info).toEqual({
    compressor: 'LZ4Compressor',
    options: [],
    chunkLength: 1024,
    maxCompressedLength: 0x7fffffff,
    dataLength: 1000,
    chunkOffsets: Float64Array.of(0),
  });
  expect([compressed.digest, compressed.payloadBytes, compressed.storedPosition]).toEqual([crc32(stored), 18, 22]);
});

test('CompressionInfo has the bytes that Cassandra gives it', () => {
  const out = new ByteWriter();
  const info = {
    compressor: 'LZ4Compressor',
    options: [],
    chunkLength: 4096,
    maxCompressedLength: maxCompressedLengthOf(4096, 1.3),
    dataLength: 8000,
    chunkOffsets: Float64Array.of(0, 0x1004),
  };
  encodeCompressionInfo(out, info);
  expect(toHex(out.written())).toBe(
    '000d4c5a34436f6d70726573736f72000000000000100000000c4f0000000000001f400000000200000000000000000000000000001004',
  );
  expect(decodeCompressionInfo(out.written(), 'c')).toEqual(info);
});

test('options keep their order', () => {
  const out = new ByteWriter();
  const { info } = write(new Uint8Array(10), 16);
  const withOptions = { ...info, options: [['b', '1'] as const, ['a', 'ü'] as const] };
  encodeCompressionInfo(out, withOptions);
  expect(decodeCompressionInfo(out.written(), 'c')).toEqual(withOptions);
});

test('min_compress_ratio gives the lengths of Cassandra', () => {
  expect([maxCompressedLengthOf(4096, 1.3), maxCompressedLengthOf(16384, 0), maxCompressedLengthOf(16384, 1)]).toEqual([
    3151, 0x7fffffff, 16384,
  ]);
});

test('what does not compress well enough is stored raw, the last chunk filled up with zeros', () => {
  const data = noise(4096 + 4088);
  const { info, stored } = write(data, 4096, 4096);
  expect(info.chunkOffsets).toEqual(Float64Array.of(0, 4100));
  expect(stored.length).toBe(2 * 4100);
  expect(toHex(stored, 4100, 8188)).toBe(toHex(data, 4096));
  expect(toHex(stored, 8188, 8196)).toBe('0000000000000000');
  expect(toHex(readAll(open(stored, info)))).toBe(toHex(data));
});

test('a raw chunk longer than the limit keeps its length', () => {
  const data = noise(5000);
  const { info, stored } = write(data, 4096, 3151);
  expect(info.chunkOffsets).toEqual(Float64Array.of(0, 4100));
  // 904 bytes compress to fewer than 3151 and stay compressed.
  expect(stored.length).toBeLessThan(4100 + 1000);
  expect(toHex(readAll(open(stored, info)))).toBe(toHex(data));
});

test('any data in any pieces is read back, from anywhere', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 600 }),
      fc.constantFrom(16, 64, 128),
      fc.constantFrom(undefined, 1, 8, 16),
      fc.constantFrom(lz4Compressor, noopCompressor),
      fc.integer({ min: 1, max: 70 }),
      fc.nat(700),
      fc.nat(100),
      (data, chunkLength, maxCompressedLength, compressor, piece, position, count) => {
        const { info, stored } = write(data, chunkLength, maxCompressedLength, compressor, piece);
        const source = open(stored, info);
        expect(toHex(readAll(source))).toBe(toHex(data));
        const target = new Uint8Array(count);
        const read = source.read(target, position);
        expect(toHex(target, 0, read)).toBe(toHex(data.subarray(position, position + count)));
      },
    ),
    { numRuns: 300 },
  );
});

test('reads beside each other load a chunk once', () => {
  const { info, stored } = write(noise(1000), 128);
  const source = open(stored, info);
  const target = new Uint8Array(10);
  for (let at = 0; at + 10 <= 1000; at += 10) source.read(target, at);
  expect(source.chunksRead).toBe(8);
});

test("the empty chunk that Cassandra's compactions add is tolerated", () => {
  const data = noise(100);
  const { info, stored } = write(data, 128);
  const empty = fromHex('0000000000')!;
  const crc = new ByteWriter();
  crc.i32(crc32(empty));
  const longer = Uint8Array.from([...stored, ...empty, ...crc.written()]);
  const source = open(longer, { ...info, chunkOffsets: Float64Array.of(0, stored.length) });
  expect(toHex(readAll(source))).toBe(toHex(data));
});

test('a changed byte anywhere is found by the checksum, with file and offset', () => {
  const { info, stored } = write(noise(300), 128);
  for (let at = 0; at < stored.length; at++) {
    const wrong = stored.slice();
    wrong[at] ^= 0x10;
    const chunk = [...info.chunkOffsets].findLast((offset) => offset <= at);
    try {
      readAll(open(wrong, info));
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(CorruptionError);
      expect([(error as CorruptionError).file, (error as CorruptionError).offset]).toEqual(['nb-1-big-Data.db', chunk]);
    }
  }
});

test('without checksums, changed bytes still never do harm', () => {
  const { info, stored } = write(
    new Uint8Array(300).map((_, i) => i % 7),
    128,
  );
  for (let at = 0; at < stored.length; at++) {
    for (const flip of [1, 0x80, 0xff]) {
      const wrong = stored.slice();
      wrong[at] ^= flip;
      const source = new CompressedSource(bytesSource(wrong), info, { verifyChecksums: false });
      try {
        source.read(new Uint8Array(300), 0);
      } catch (error) {
        expect(error).toBeInstanceOf(CorruptionError);
      }
    }
  }
});

test('a cut file is corrupt', () => {
  const { info, stored } = write(noise(300), 128);
  for (let cut = 0; cut < stored.length; cut++) {
    expect(() => readAll(open(stored.subarray(0, cut), info))).toThrow(CorruptionError);
  }
});

test('a CompressionInfo that is cut or impossible is corrupt', () => {
  const out = new ByteWriter();
  encodeCompressionInfo(out, write(noise(300), 128).info);
  const bytes = out.toBytes();
  for (let cut = 0; cut < bytes.length; cut++) {
    expect(() => decodeCompressionInfo(bytes.subarray(0, cut), 'c')).toThrow(CorruptionError);
  }
  const start = 'LZ4Compressor'.length + 2;
  // Options, chunk length (negative, not a power of two), limit, data length, chunks, first offset.
  for (const at of [start, start + 4, start + 7, start + 8, start + 12, start + 16, start + 20, start + 24, start + 31]) {
    const wrong = bytes.slice();
    wrong[at] ^= 0x81;
    expect(() => decodeCompressionInfo(wrong, 'c'), `byte ${at}`).toThrow(CorruptionError);
  }
});

test('an empty file cannot be', () => {
  const sink = new CompressedSink(bytesSink(), { compressor: lz4Compressor, chunkLength: 16 });
  expect(() => sink.finish()).toThrow('not empty');
});

test('unknown compressors are refused by name', () => {
  expect(compressorOf('org.apache.cassandra.io.compress.LZ4Compressor')).toBe(lz4Compressor);
  for (const name of ['BrotliCompressor', 'org.apache.cassandra.io.compress.', 'com.example.Mine']) {
    expect(() => compressorOf(name)).toThrow(UnsupportedCompressorError);
    expect(() => compressorOf(name)).toThrow(name);
  }
});

test('checksums are checked as often as one is told', () => {
  const sink = bytesSink();
  const compressed = new CompressedSink(sink, { compressor: noopCompressor, chunkLength: 16 });
  compressed.write(new Uint8Array(4096).fill(65));
  const written = compressed.finish();
  const damaged = sink.bytes();
  damaged[20]++;
  const answers = [false, true];
  const source = new CompressedSource(bytesSource(damaged), written, {
    verifyChecksums: () => answers.shift()!,
    cachedChunks: 1,
  });
  expect(source.read(new Uint8Array(16), 16)).toBe(16);
  source.read(new Uint8Array(16), 0);
  const strict = new CompressedSource(bytesSource(damaged), written, { verifyChecksums: () => true });
  expect(() => strict.read(new Uint8Array(16), 16)).toThrow(CorruptionError);
});
