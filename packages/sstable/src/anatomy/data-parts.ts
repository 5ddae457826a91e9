import { token, tokenWords } from '@cassette/bytes';
import { CompositeType, type CqlType } from '@cassette/cql';
import { ByteWindow } from '../data/byte-window.ts';
import { UnfilteredFlag } from '../data/flags.ts';
import type { ByteSource } from '../io/byte-source.ts';
import { fixedDeletionParts } from './deletion-parts.ts';
import { branch, clipped, damage, leaf, type Part, type PartList, type Words } from './part.ts';
import { HeldParts, PlacedParts, partsBefore, SteppedParts } from './part-lists.ts';
import { explained, PartReader } from './part-reader.ts';
import type { PartitionPlaces } from './partition-places.ts';
import type { RowParts } from './row-parts.ts';
import { hexText, int64, keyText, literal } from './value-text.ts';

const PARTITION: Words = [
  'group',
  'partition',
  'All rows of one partition key. Partitions are sorted by the token of their keys, which is what places them on the ring.',
];
const KEY: Words = ['group', 'partition key'];
const KEY_LENGTH: Words = ['length', 'key length'];
const KEY_BYTES: Words = ['key', 'key', 'The token, by which partitions are sorted, is the Murmur3 hash of these bytes.'];
const COMPONENT: Words = [
  'group',
  'key column',
  'Of a key of several columns each is written with its length before it and a byte behind it.',
];
const COMPONENT_LENGTH: Words = ['length', 'length'];
const COMPONENT_END: Words = ['flags', 'end of component', 'Always 0 in a stored key.'];
const DELETION: Words = [
  'group',
  'partition deletion',
  'Deletes all that the partition had in this and other SSTables up to its timestamp.',
];
const STATIC: Words = ['group', 'static row', 'Values of static columns: there is one of each for the whole partition.'];
const ROW: Words = ['group', 'row', 'One row: flags, clustering, then its cells. Rows are sorted by their clusterings.'];
const MARKER: Words = [
  'group',
  'range tombstone marker',
  'Where a deletion of a range of rows begins, ends, or passes into another one. It stands among the rows, in their order.',
];
const END: Words = ['flags', 'end of partition', 'A byte of flags that stands alone.'];
const BLOCK: Words = [
  'group',
  'block of rows',
  'The row index of the partition leads here, so that a read of some rows need not begin with the first. It is no structure of Data.db itself.',
];

/** The most characters of a key that its partition shows, so that there is room for the token. */
const KEY_SHOWN = 150;

/** What the rows of an SSTable look like, and where they lie. */
export interface DataShape {
  readonly keyType: CqlType;
  readonly hasStatics: boolean;
  /** Whether deletion times have the form of oa and da. */
  readonly compactDeletionTime: boolean;
  readonly rows: RowParts;
  readonly places: PartitionPlaces;
}

/** The uncompressed content of a Data.db: its partitions. Cassandra: io.sstable.format.SortedTableWriter. */
export class DataParts {
  private readonly window: ByteWindow;
  private readonly size: number;
  private readonly shape: DataShape;

  constructor(data: ByteSource, shape: DataShape) {
    this.window = new ByteWindow(data);
    this.size = data.size;
    this.shape = shape;
  }

  /** Partitions, in their order. */
  partitions(): PartList {
    return new SteppedParts(
      0,
      this.size,
      (position) => this.shape.places.endOf(position),
      (from, to) => this.partition(from, to),
    );
  }

  private partition(from: number, to: number): Part {
    let value = '';
    // What can't be read of the key is told where its bytes are.
    explained(this.window, from, to, (reader) => {
      const length = reader.u16(KEY_LENGTH);
      // All of it: the token is the hash of all of it.
      const key = reader.field(KEY_BYTES, length, (input) => input.take(length, 'key').slice(), hexText);
      token(key);
      value = `${clipped(keyText(this.shape.keyType, key), KEY_SHOWN)} at token ${int64(tokenWords[0], tokenWords[1])}`;
      reader.position = to;
    });
    return branch(from, to, PARTITION, value, () => this.content(from, to));
  }

  private content(from: number, to: number): PartList {
    const { shape, window } = this;
    let rowsFrom = to;
    const head = explained(window, from, to, (reader) => {
      this.key(reader);
      fixedDeletionParts(reader, DELETION, shape.compactDeletionTime);
      if (shape.hasStatics) reader.group(STATIC, () => shape.rows.row(reader));
      rowsFrom = reader.position;
      // What follows is not looked at here.
      reader.position = to;
    });
    if (rowsFrom >= to) return new HeldParts(head);
    const blocks = shape.places.blocksOf(from, rowsFrom, to);
    return partsBefore(head, blocks === null ? this.unfiltereds(rowsFrom, to) : this.blocks(blocks, to));
  }

  private key(reader: PartReader): void {
    const { keyType } = this.shape;
    reader.group(KEY, () => {
      const length = reader.u16(KEY_LENGTH);
      if (!(keyType instanceof CompositeType)) {
        return keyText(
          keyType,
          reader.bytes(KEY_BYTES, length, (bytes, count) => literal(keyType, bytes, count)),
          length,
        );
      }
      const end = reader.position + length;
      const texts: string[] = [];
      for (const type of keyType.components) {
        if (reader.position >= end) break;
        reader.group(COMPONENT, () => {
          const size = reader.u16(COMPONENT_LENGTH);
          let text = 'empty';
          reader.bytes(KEY_BYTES, size, (bytes, count) => {
            text = literal(type, bytes, count);
            return text;
          });
          reader.u8(COMPONENT_END);
          texts.push(text);
          return text;
        });
      }
      if (reader.position !== end) throw reader.corrupt(`the key should end at ${end}`);
      return texts.join(', ');
    });
  }

  private blocks(places: Float64Array, to: number): PartList {
    const count = places.length;
    const placeOf = (i: number) => (i < count ? places[i] : i === count ? to - 1 : to);
    return new PlacedParts(count + 1, placeOf, (from, end, i) => {
      if (i === count) return this.unfiltered(from, end);
      return branch(from, end, BLOCK, `${i + 1} of ${count}, ${end - from} bytes`, () => this.unfiltereds(from, end));
    });
  }

  private unfiltereds(from: number, to: number): PartList {
    const { places } = this.shape;
    return new SteppedParts(
      from,
      to,
      (position) => {
        const end = places.endOfUnfiltered(position, to);
        // Nothing can follow in the same partition.
        if (end === position + 1 && end < to)
          throw this.reader(position, to).corrupt(`the partition ends here, and should at ${to}`);
        return end;
      },
      (start, end) => this.unfiltered(start, end),
    );
  }

  private unfiltered(from: number, to: number): Part {
    const flags = this.reader(from, to).peek();
    if ((flags & UnfilteredFlag.END_OF_PARTITION) !== 0) return leaf(from, to, END);
    const { rows } = this.shape;
    const name = rows.nameOf(this.reader(from, to));
    if (to === from + 1) return damage(from, to, 'the partition should end here');
    return branch(from, to, (flags & UnfilteredFlag.IS_MARKER) !== 0 ? MARKER : ROW, name, () => {
      return new HeldParts(explained(this.window, from, to, (reader) => rows.unfiltered(reader)));
    });
  }

  private reader(from: number, to: number): PartReader {
    return new PartReader(this.window, from, to);
  }
}
