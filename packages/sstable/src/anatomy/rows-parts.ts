import { CorruptionError } from '@cassette/bytes';
import type { CqlType } from '@cassette/cql';
import {
  decodePartitionPayload,
  decodePartitionsFooter,
  decodeRowsEntry,
  TrieCursor,
  TriePages,
  takeSizedInt,
} from '../bti/index.ts';
import type { ByteSource } from '../io/byte-source.ts';
import { fixedDeletionParts } from './deletion-parts.ts';
import { branch, damage, leaf, type Part, type PartList, type Words } from './part.ts';
import { HeldParts, SteppedParts } from './part-lists.ts';
import { explained } from './part-reader.ts';
import { type PayloadShape, TrieParts } from './trie-parts.ts';
import { keyText } from './value-text.ts';

const ROW_INDEX: Words = [
  'group',
  'row index',
  'Of one partition that is more than one block long: a tree of clusterings, and an entry that tells where it is.',
];
const TRIE: Words = [
  'group',
  'trie',
  'Of what separates blocks: each is a beginning of clusterings, as short as can be, greater than all of the block before. The root lies at the end.',
];
const ENTRY: Words = ['group', 'entry', 'Partitions.db leads here.'];
const KEY_GROUP: Words = ['group', 'partition key'];
const KEY_LENGTH: Words = ['length', 'key length'];
const KEY: Words = ['key', 'key'];
const DATA_POSITION: Words = ['position', 'position', 'Where the partition begins in the uncompressed Data.db.'];
const ROOT: Words = ['position', 'root', 'Of the trie before this; stored as the distance from behind the key.'];
const BLOCK_COUNT: Words = ['length', 'block count'];
const DELETION: Words = [
  'group',
  'partition deletion',
  'Also at the head of the partition; here so that a read in its middle knows it.',
];
const OFFSET: Words = ['position', 'offset', 'Where the block begins, from the beginning of the partition.'];
const OPEN: Words = [
  'group',
  'open deletion',
  'The range deletion that is open where the block begins: who begins there must know.',
];
const REST: Words = ['raw', 'padding'];

/** Flag of a payload that has an open deletion. */
const HAS_OPEN = 8;
const DELETION_BYTES = 12;

const payloads: PayloadShape = {
  size(window, position, flags) {
    const offset = flags & ~HAS_OPEN;
    if ((flags & HAS_OPEN) === 0) return offset;
    const first = window.at(position + offset, 1).u8('open deletion');
    return offset + (first >= 0x80 ? 1 : DELETION_BYTES);
  },
  parts(reader, flags) {
    const bytes = flags & ~HAS_OPEN;
    const offset = reader.field(OFFSET, bytes, (input) => takeSizedInt(input, bytes, 'offset'));
    if ((flags & HAS_OPEN) !== 0) fixedDeletionParts(reader, OPEN, true);
    return `block at ${offset}`;
  },
};

/** Rows.db. Cassandra: io.sstable.format.bti.RowIndexReader, TrieIndexEntry. Throws CorruptionError where Partitions.db leads nowhere. */
export function rowsParts(source: ByteSource, partitions: ByteSource, keyType: CqlType): PartList {
  const entries = entriesOf(partitions, source.size);
  const trie = new TrieParts(source, payloads);
  const { window } = trie;
  const { size } = source;
  const entryFrom = (position: number): number => {
    let low = 0;
    let high = entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (entries[middle] < position) low = middle + 1;
      else high = middle;
    }
    return low < entries.length ? entries[low] : size;
  };
  const endOf = (position: number): number => {
    const entry = entryFrom(position);
    if (entry === size) return size;
    window.readAhead = 0;
    const length = window.at(entry, 2).u16('key length');
    const input = window.at(entry, 2 + length + 40);
    input.skip(2 + length, 'key');
    decodeRowsEntry(input);
    return input.filePosition;
  };
  return new SteppedParts(0, size, endOf, (from, to) => {
    const entry = entryFrom(from);
    if (entry === size)
      return isZero(source, from, to) ? leaf(from, to, REST) : damage(from, to, 'no partition has a row index here');
    let key = '';
    const parts = explained(window, entry, to, (reader) => {
      reader.group(ENTRY, () => {
        reader.group(KEY_GROUP, () => {
          const length = reader.u16(KEY_LENGTH);
          key = keyText(
            keyType,
            reader.bytes(KEY, length, (bytes, all) => keyText(keyType, bytes, all)),
            length,
          );
          return key;
        });
        const base = reader.position;
        reader.vint(DATA_POSITION);
        reader.signedVint(ROOT, (distance) => String(base + distance));
        reader.vint32(BLOCK_COUNT);
        fixedDeletionParts(reader, DELETION, true);
        return key;
      });
    });
    const nodes: Part[] = entry > from ? [branch(from, entry, TRIE, '', () => trie.nodes(from, entry))] : [];
    return branch(from, to, ROW_INDEX, key, () => new HeldParts([...nodes, ...parts]));
  });
}

// Places in Rows.db that the trie of Partitions.db leads to, which must ascend: eight bytes for each partition with a row index.
function entriesOf(partitions: ByteSource, size: number): Float64Array {
  const footer = decodePartitionsFooter(partitions);
  const cursor = new TrieCursor(new TriePages(partitions), footer.root);
  const places: number[] = [];
  cursor.first();
  // A damaged trie may have more keys than anyone can count.
  for (let passed = 1; ; passed++) {
    if (passed > footer.partitions)
      throw new CorruptionError('the trie has more keys than there are partitions', partitions.name, footer.root);
    const { position } = decodePartitionPayload(cursor.payload(), cursor.flags, 0);
    if (position >= 0) {
      const last = places.length === 0 ? -1 : places[places.length - 1];
      if (position <= last || position >= size) {
        throw new CorruptionError(`a row index can't have its entry at ${position} of Rows.db`, partitions.name, footer.root);
      }
      places.push(position);
    }
    if (!cursor.next()) return Float64Array.from(places);
  }
}

function isZero(source: ByteSource, from: number, to: number): boolean {
  const bytes = new Uint8Array(Math.min(to - from, 65536));
  for (let at = from; at < to; ) {
    const count = source.read(bytes.subarray(0, Math.min(bytes.length, to - at)), at);
    if (count <= 0) return false;
    for (let i = 0; i < count; i++) if (bytes[i] !== 0) return false;
    at += count;
  }
  return true;
}
