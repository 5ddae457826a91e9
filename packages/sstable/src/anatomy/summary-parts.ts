import type { CqlType } from '@cassette/cql';
import { ByteWindow } from '../data/byte-window.ts';
import type { ByteSource } from '../io/byte-source.ts';
import { branch, type PartList, type Words } from './part.ts';
import { evenParts, HeldParts, PlacedParts } from './part-lists.ts';
import { explained, PartReader } from './part-reader.ts';
import { keyText } from './value-text.ts';

const INTERVAL: Words = ['length', 'min index interval', 'Partitions from one sample to the next, as the table asks for them.'];
const COUNT: Words = ['length', 'sample count'];
const MEMORY: Words = [
  'length',
  'memory size',
  'Bytes of the offsets and entries that follow: a node holds them in memory, off the heap.',
];
const LEVEL: Words = [
  'length',
  'sampling level',
  '128 where no sample was left out; nodes thin out the summaries of tables that are seldom read.',
];
const FULL: Words = ['length', 'size at full sampling', 'Samples there would be if none had been left out.'];
const OFFSETS: Words = [
  'group',
  'offsets',
  'Where each entry begins: for a binary search. Little-endian, as the memory of most machines.',
];
const OFFSET: Words = ['position', 'entry offset', 'From the beginning of the offsets.'];
const ENTRIES: Words = [
  'group',
  'entries',
  'A sample of the keys of Index.db. A search begins in Index.db at the last one that is not greater.',
];
const ENTRY: Words = ['group', 'entry'];
const KEY: Words = ['key', 'key'];
const POSITION: Words = ['position', 'position', 'Of the key’s entry in Index.db. Little-endian.'];
const FIRST: Words = ['group', 'first key', 'Of the whole SSTable: which tokens it covers.'];
const LAST: Words = ['group', 'last key', 'Of the whole SSTable.'];
const KEY_LENGTH: Words = ['length', 'length'];

/** Summary.db. Cassandra: io.sstable.indexsummary.IndexSummary.IndexSummarySerializer. `keyType` is null where it is not known. */
export function summaryParts(source: ByteSource, keyType: CqlType): PartList {
  const window = new ByteWindow(source);
  return new HeldParts(
    explained(window, 0, source.size, (reader) => {
      reader.i32(INTERVAL);
      const count = reader.i32(COUNT);
      const memory = Number(reader.i64(MEMORY));
      reader.i32(LEVEL);
      reader.i32(FULL);
      if (count < 1 || count * 12 > memory || memory > reader.remaining) {
        throw reader.corrupt(`${count} entries can't be in ${memory} of ${reader.remaining} bytes`);
      }
      const base = reader.position;
      reader.later(OFFSETS, count * 4, `${count} entries`, (from, to) =>
        evenParts(from, to, 4, (start, end) => explained(window, start, end, (inner) => inner.i32LE(OFFSET))[0]),
      );
      reader.later(ENTRIES, memory - count * 4, `${count} entries`, () => entries(window, base, count, memory, keyType));
      for (const words of [FIRST, LAST]) {
        reader.group(words, () => {
          const length = reader.i32(KEY_LENGTH);
          const key = reader.bytes(KEY, length, (bytes, all) => keyText(keyType, bytes, all));
          return keyText(keyType, key, length);
        });
      }
    }),
  );
}

// All offsets are looked at first: an entry ends where the next one begins.
function entries(window: ByteWindow, base: number, count: number, memory: number, keyType: CqlType): PartList {
  const places = new Float64Array(count + 1);
  const reader = new PartReader(window, base, base + count * 4);
  for (let i = 0; i < count; i++) {
    places[i] = base + reader.i32LE(OFFSET);
    reader.parts.length = 0;
    if (i === 0 ? places[0] !== base + 4 * count : places[i] < places[i - 1] + 8) {
      throw reader.corrupt(`entry ${i} can't begin at ${places[i] - base}`);
    }
  }
  places[count] = base + memory;
  if (places[count] < places[count - 1] + 8) throw reader.corrupt('the last entry is cut');
  return new PlacedParts(
    count,
    (i) => places[i],
    (from, to) => {
      let value = '';
      const parts = explained(window, from, to, (inner) => {
        const length = to - from - 8;
        value = keyText(
          keyType,
          inner.bytes(KEY, length, (bytes, all) => keyText(keyType, bytes, all)),
          length,
        );
        inner.field(POSITION, 8, (input) => input.i64NumberLE('position'));
      });
      return branch(from, to, ENTRY, value, parts);
    },
  );
}
