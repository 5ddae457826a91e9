import type { CqlType } from '@cassette/cql';
import { ByteWindow } from '../data/byte-window.ts';
import type { ByteSource } from '../io/byte-source.ts';
import { prefixParts } from './clustering-parts.ts';
import { fixedDeletionParts } from './deletion-parts.ts';
import { branch, type Part, type PartList, type Words } from './part.ts';
import { evenParts, HeldParts, PlacedParts, partsBefore, SteppedParts } from './part-lists.ts';
import { explained, PartReader } from './part-reader.ts';
import { keyText } from './value-text.ts';

const ENTRY: Words = [
  'group',
  'entry',
  'One for each partition, in the order of Data.db. Nothing else is in this file, so a scan can begin at any entry.',
];
const KEY_GROUP: Words = ['group', 'partition key'];
const KEY_LENGTH: Words = ['length', 'key length'];
const KEY: Words = ['key', 'key'];
const POSITION: Words = ['position', 'position', 'Where the partition begins in the uncompressed Data.db.'];
const PROMOTED_SIZE: Words = [
  'length',
  'promoted size',
  'Bytes of the row index that follows: 0 for a partition of one block, which has none.',
];
const ROW_INDEX: Words = [
  'group',
  'row index',
  'Called “promoted” because it was once in Data.db: leads into the middle of a wide partition.',
];
const HEADER_LENGTH: Words = ['length', 'header length', 'Bytes from the beginning of the partition to its first row.'];
const DELETION: Words = [
  'group',
  'partition deletion',
  'Also at the head of the partition; here so that a read in its middle knows it.',
];
const BLOCK_COUNT: Words = ['length', 'block count'];
const BLOCKS: Words = ['group', 'blocks'];
const BLOCK: Words = [
  'group',
  'block',
  'A stretch of about column_index_size bytes of rows (64 KiB unless the node is told otherwise).',
];
const FIRST: Words = ['group', 'first name', 'The clustering of the block’s first row or marker.'];
const LAST: Words = ['group', 'last name', 'The clustering of its last one.'];
const OFFSET: Words = ['position', 'offset', 'Where the block begins, from the beginning of the partition.'];
const WIDTH: Words = [
  'length',
  'width',
  'Bytes of the block; stored as the difference to 65536, which is a short number for most.',
];
const HAS_OPEN: Words = [
  'flags',
  'has open marker',
  'Whether a range deletion is open where the block ends: who begins behind it must know.',
];
const OPEN: Words = ['group', 'open marker'];
const PLACES: Words = ['group', 'block places', 'Where each block’s entry begins among these, for a binary search.'];
const PLACE: Words = ['position', 'block place'];

/** What must be known to tell the bytes of Index.db apart. */
export interface IndexShape {
  readonly keyType: CqlType;
  readonly clusteringTypes: readonly CqlType[];
  /** Whether deletion times have the form of oa and da. */
  readonly compactDeletionTime: boolean;
}

/** Index.db. Cassandra: io.sstable.format.big.RowIndexEntry. */
export function indexParts(source: ByteSource, shape: IndexShape): PartList {
  const window = new ByteWindow(source);
  const { size } = source;
  const endOf = (from: number): number => {
    window.readAhead = 0;
    const keyLength = window.at(from, 2).u16('key length');
    const at = from + 2 + keyLength;
    const input = window.at(Math.min(at, size), 18);
    input.unsignedVIntNumber('position');
    const promoted = input.unsignedVIntNumber('promoted size');
    return input.filePosition + promoted;
  };
  return new SteppedParts(0, size, endOf, (from, to) => {
    const reader = new PartReader(window, from, to);
    const length = reader.u16(KEY_LENGTH);
    return branch(from, to, ENTRY, keyText(shape.keyType, reader.bytes(KEY, length), length), () =>
      entry(window, from, to, shape),
    );
  });
}

function entry(window: ByteWindow, from: number, to: number, shape: IndexShape): PartList {
  return new HeldParts(
    explained(window, from, to, (reader) => {
      reader.group(KEY_GROUP, () => {
        const length = reader.u16(KEY_LENGTH);
        return keyText(
          shape.keyType,
          reader.bytes(KEY, length, (bytes, all) => keyText(shape.keyType, bytes, all)),
          length,
        );
      });
      reader.vint(POSITION);
      const size = reader.vint32(PROMOTED_SIZE);
      reader.later(ROW_INDEX, size, `${size} bytes`, (start, end) => rowIndex(window, start, end, shape));
    }),
  );
}

function rowIndex(window: ByteWindow, from: number, to: number, shape: IndexShape): PartList {
  let count = 0;
  let blocksFrom = to;
  const head = explained(window, from, to, (reader) => {
    reader.vint(HEADER_LENGTH);
    fixedDeletionParts(reader, DELETION, shape.compactDeletionTime);
    const at = reader.position;
    count = reader.vint32(BLOCK_COUNT);
    // The smallest block takes five bytes and its place.
    if (count < 1 || count * 9 > reader.remaining)
      throw reader.corrupt(`${count} blocks can't be in ${reader.remaining} bytes`, at);
    blocksFrom = reader.position;
    reader.position = to;
  });
  if (blocksFrom === to) return new HeldParts(head);
  const placesFrom = to - 4 * count;
  const groups: Part[] = [
    branch(blocksFrom, placesFrom, BLOCKS, `${count} blocks`, () => blocks(window, blocksFrom, placesFrom, count, shape)),
    branch(placesFrom, to, PLACES, `${count} places`, () =>
      evenParts(placesFrom, to, 4, (start, end) => explained(window, start, end, (reader) => reader.i32(PLACE))[0]),
    ),
  ];
  return partsBefore(head, new HeldParts(groups));
}

function blocks(window: ByteWindow, from: number, to: number, count: number, shape: IndexShape): PartList {
  const places = new Float64Array(count + 1);
  const reader = new PartReader(window, to, to + 4 * count);
  for (let i = 0; i < count; i++) {
    places[i] = from + reader.i32(PLACE);
    reader.parts.length = 0;
    if ((i === 0 ? places[0] !== from : places[i] <= places[i - 1]) || places[i] >= to) {
      throw reader.corrupt(`block ${i} can't lie at ${places[i] - from}`);
    }
  }
  places[count] = to;
  return new PlacedParts(
    count,
    (i) => places[i],
    (start, end, i) =>
      branch(
        start,
        end,
        BLOCK,
        `${i + 1} of ${count}`,
        () => new HeldParts(explained(window, start, end, (inner) => block(inner, shape))),
      ),
  );
}

function block(reader: PartReader, { clusteringTypes, compactDeletionTime }: IndexShape): void {
  prefixParts(reader, FIRST, clusteringTypes);
  prefixParts(reader, LAST, clusteringTypes);
  reader.vint(OFFSET);
  reader.signedVint(WIDTH, (width) => String(width + 65536));
  if (reader.u8(HAS_OPEN, (flag) => (flag === 0 ? 'no' : 'yes')) !== 0) fixedDeletionParts(reader, OPEN, compactDeletionTime);
}
