import { crc32 } from '@cassette/bytes';
import type { CompressionInfo } from '../compression/index.ts';
import { ByteWindow } from '../data/byte-window.ts';
import type { ByteSource } from '../io/byte-source.ts';
import { branch, leaf, type Part, type PartList, type Words } from './part.ts';
import { evenParts, HeldParts, PlacedParts } from './part-lists.ts';
import { explained, type PartReader } from './part-reader.ts';

const COMPRESSOR: Words = ['group', 'compressor', 'The class that compressed Data.db, and is needed to read it.'];
const OPTION_COUNT: Words = ['length', 'option count'];
const OPTION: Words = ['group', 'option', 'What the compressor was told in CREATE TABLE. It matters to writing alone.'];
const OPTION_NAME: Words = ['group', 'name'];
const OPTION_VALUE: Words = ['group', 'value'];
const CHUNK_LENGTH: Words = [
  'length',
  'chunk length',
  'Uncompressed bytes of each chunk: to read a single row a chunk is decompressed. Small chunks read less, large ones compress better.',
];
const MAX_COMPRESSED: Words = [
  'length',
  'max compressed length',
  'A payload of so many bytes or more is stored as it is: compressing would have gained too little.',
];
const DATA_LENGTH: Words = ['length', 'data length', 'Uncompressed bytes of Data.db in all.'];
const CHUNK_COUNT: Words = ['length', 'chunk count'];
const OFFSETS: Words = [
  'group',
  'chunk offsets',
  'Where each chunk begins in Data.db: what is at an uncompressed position is found by a division and a look here.',
];
const OFFSET: Words = ['position', 'chunk offset'];
const CHUNK: Words = ['group', 'chunk', 'A stretch of the uncompressed data, compressed by itself, and the checksum of that.'];
const PAYLOAD: Words = ['raw', 'payload', 'Look into the uncompressed bytes for what is in here.'];
const CHECKSUM: Words = ['checksum', 'checksum', 'The CRC32 of the bytes before it. It is looked at when the chunk is read.'];
const WRONG_CHECKSUM: Words = [
  'damage',
  'checksum',
  'The CRC32 that was recorded is not that of the bytes before it: they, or it, were changed.',
];

/** CompressionInfo.db. Cassandra: io.compress.CompressionMetadata. */
export function compressionInfoParts(source: ByteSource): PartList {
  const window = new ByteWindow(source);
  return new HeldParts(
    explained(window, 0, source.size, (reader) => {
      reader.javaUtf(COMPRESSOR);
      const at = reader.position;
      const options = reader.i32(OPTION_COUNT);
      // Each takes four bytes at least.
      if (options < 0 || options * 4 > reader.remaining) throw reader.corrupt(`${options} options are impossible`, at);
      for (let i = 0; i < options; i++) {
        reader.group(OPTION, () => `${reader.javaUtf(OPTION_NAME)} = ${reader.javaUtf(OPTION_VALUE)}`);
      }
      reader.i32(CHUNK_LENGTH);
      reader.i32(MAX_COMPRESSED, (length) => (length === 0x7fffffff ? 'none: all chunks are compressed' : String(length)));
      reader.i64(DATA_LENGTH);
      const count = reader.i32(CHUNK_COUNT);
      reader.later(OFFSETS, count * 8, `${count} chunks`, (from, to) =>
        evenParts(from, to, 8, (start, end, i) => {
          const [part] = explained(window, start, end, (inner) => inner.i64(OFFSET, (offset) => `chunk ${i} at ${offset}`));
          return part;
        }),
      );
    }),
  );
}

/** A compressed Data.db as it is stored. */
export function chunkParts(stored: ByteSource, info: CompressionInfo): PartList {
  const { chunkOffsets, chunkLength, dataLength, maxCompressedLength } = info;
  const window = new ByteWindow(stored);
  // Of a file that was cut some chunks are not there.
  let count = chunkOffsets.length;
  while (count > 1 && chunkOffsets[count - 1] >= stored.size) count--;
  const placeOf = (i: number) => (i < count ? chunkOffsets[i] : stored.size);
  return new PlacedParts(count, placeOf, (from, to, i) => {
    const first = i * chunkLength;
    const last = Math.min(first + chunkLength, dataLength);
    const value = `${i + 1} of ${chunkOffsets.length}: uncompressed bytes ${first} to ${last}`;
    return branch(from, to, CHUNK, value, () => {
      return new HeldParts(
        explained(window, from, to, (reader) => {
          const length = reader.remaining - 4;
          if (length < 0 || (i < chunkOffsets.length - 1 && i === count - 1))
            throw reader.corrupt(`the file ends within chunk ${i}`);
          const how =
            length < maxCompressedLength ? `${length} bytes, compressed from ${last - first}` : `${length} bytes, as they are`;
          if (length > 0) reader.parts.push(leaf(from, to - 4, PAYLOAD, how));
          reader.position = to - 4;
          checksum(reader, [from, to - 4]);
        }),
      );
    });
  });
}

/** A CRC32 of ranges of bytes: one that is wrong is damage. */
export function checksum(reader: PartReader, ...ranges: (readonly [from: number, to: number])[]): void {
  const found = ranges.reduce((crc, [from, to]) => crcOf(reader, from, to, crc), 0);
  let isRight = true;
  const from = reader.position;
  reader.u32(CHECKSUM, (recorded) => {
    isRight = recorded === found;
    return isRight ? `${recorded}, as it should be` : `${recorded}, and the bytes have ${found}`;
  });
  const parts: Part[] = reader.parts;
  if (!isRight) parts.push({ ...(parts.pop() as Part), from, words: WRONG_CHECKSUM });
}

function crcOf(reader: PartReader, from: number, to: number, crc: number): number {
  const { window } = reader;
  let result = crc;
  for (let at = from; at < to; ) {
    const count = Math.min(to - at, 16384);
    const input = window.at(at, count);
    result = crc32(input.bytes, input.position, input.position + count, result);
    at += count;
  }
  return result;
}
