import { ByteWindow } from '../data/byte-window.ts';
import type { ByteSource } from '../io/byte-source.ts';
import { leaf, type PartList, type Words } from './part.ts';
import { evenParts, HeldParts, partsBefore, SteppedParts } from './part-lists.ts';
import { explained, PartReader } from './part-reader.ts';

const TOC_LINE: Words = ['value', 'component', 'The name of a file of this SSTable, without what all of them begin with.'];
const DIGEST: Words = [
  'checksum',
  'digest',
  'The CRC32 of the whole Data.db as it is stored, a decimal number: what copies of the file are checked by.',
];
const CHUNK_LENGTH: Words = ['length', 'chunk length', 'Bytes of Data.db that each checksum covers.'];
const CHECKSUM: Words = ['checksum', 'checksum', 'The CRC32 of a chunk of Data.db.'];
const HASH_COUNT: Words = [
  'length',
  'hash count',
  'Bits that each partition key sets: by that many hashes, made of its Murmur3 hash.',
];
const WORD_COUNT: Words = ['length', 'word count', 'Words of 64 bits that follow.'];
const BITS: Words = [
  'group',
  'bits',
  'A key may be in the SSTable if all of its bits are set, and is certainly not if one isn’t: most SSTables need not be read at all.',
];
const WORD: Words = ['raw', '64 bits'];

const LINE_MAX = 256;

/** TOC.txt: a line a component. */
export function tocParts(source: ByteSource): PartList {
  const window = new ByteWindow(source);
  const { size } = source;
  const endOf = (from: number): number => {
    window.readAhead = 0;
    // A line is no longer than that; what goes on is the next one.
    const input = window.at(from, LINE_MAX);
    const line = input.take(Math.min(input.remaining, LINE_MAX), 'a line');
    const newline = line.indexOf(10);
    return newline < 0 ? from + line.length : from + newline + 1;
  };
  return new SteppedParts(0, size, endOf, (from, to) => {
    const [line] = explained(window, from, to, (reader) => reader.text(TOC_LINE, to - from));
    return { ...line, value: line.value.trimEnd() };
  });
}

/** Digest.crc32. */
export function digestParts(source: ByteSource): PartList {
  return new HeldParts(
    explained(new ByteWindow(source), 0, source.size, (reader) => {
      const { position } = reader;
      const digits = new PartReader(reader.window, position, reader.end).text(DIGEST, Math.min(12, reader.remaining));
      if (!/^[0-9]{1,10}\s*$/.test(digits)) throw reader.corrupt('a decimal CRC32 was expected');
      reader.text(DIGEST, digits.length);
    }),
  );
}

/** CRC.db: a checksum for each chunk of an uncompressed Data.db. Cassandra: io.util.ChecksumWriter. */
export function checksumParts(source: ByteSource): PartList {
  const window = new ByteWindow(source);
  const { size } = source;
  let length = 0;
  const head = explained(window, 0, Math.min(4, size), (reader) => {
    length = reader.i32(CHUNK_LENGTH);
  });
  if (size <= 4) return new HeldParts(head);
  const checksums = evenParts(4, size, 4, (from, to, i) => {
    const [part] = explained(window, from, to, (reader) => reader.u32(CHECKSUM));
    return part.words === CHECKSUM ? { ...part, value: `${part.value} for bytes ${i * length} to ${(i + 1) * length}` } : part;
  });
  return partsBefore(head, checksums);
}

/** Filter.db. Cassandra: utils.BloomFilterSerializer. */
export function filterParts(source: ByteSource): PartList {
  const window = new ByteWindow(source);
  return new HeldParts(
    explained(window, 0, source.size, (reader) => {
      reader.i32(HASH_COUNT);
      const words = reader.i32(WORD_COUNT);
      if (words < 0) throw reader.corrupt(`${words} words are impossible`);
      reader.later(BITS, words * 8, `${words * 64} bits`, (from, to) =>
        evenParts(from, to, 8, (at, end, i) => {
          const bytes = window.at(at, 8);
          const word = bytes.take(end - at, 'bits');
          return leaf(at, end, WORD, `bits ${i * 64} to ${i * 64 + 63}: ${bitsSet(word)} set`);
        }),
      );
    }),
  );
}

function bitsSet(bytes: Uint8Array): number {
  let count = 0;
  for (let byte of bytes) for (; byte !== 0; byte &= byte - 1) count++;
  return count;
}
