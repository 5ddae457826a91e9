import { CorruptionError } from '@cassette/bytes';
import type { CqlType, TableMetadata } from '@cassette/cql';
import { ByteWindow } from '../data/byte-window.ts';
import type { DataLayout } from '../data/data-layout.ts';
import { UnfilteredReader } from '../data/unfiltered-reader.ts';
import type { Descriptor } from '../descriptor/index.ts';
import type { ByteSource } from '../io/byte-source.ts';
import type { SSTableSources } from '../reader/index.ts';
import { PartitionHeader } from '../reader/partition-header.ts';
import type { RangeTombstoneMarker } from '../rows/range-tombstone-marker.ts';
import type { Row } from '../rows/row.ts';
import { Unfiltered } from '../rows/unfiltered-cursor.ts';
import { leaf, type PartList, type Words } from './part.ts';
import { SteppedParts } from './part-lists.ts';
import type { PartitionPlaces } from './partition-places.ts';
import { SSTableContext } from './sstable-context.ts';

/** Where something lies in the uncompressed Data.db. */
export interface DataPlace {
  /** How many of its kind come before it: partitions of the SSTable, or rows and markers of the partition. */
  readonly index: number;
  readonly from: number;
  readonly to: number;
  /** What is wrong, where the bytes are damaged; else empty. */
  readonly damage: string;
}

/** Partitions whose rows were counted as far as somebody asked, and are kept. */
const PARTITIONS_KEPT = 16;

const PLACE: Words = ['group', 'place'];

/**
 * Finds the n-th partition of an SSTable, and the n-th row of one, and reads them. Partitions are gone through in the index, rows in Data.db,
 * once and as far as somebody asked; of every 64th the place is kept. Nothing is read to open it but Statistics.db, CompressionInfo.db and
 * what the index begins with. Made for looking at an SSTable: queries go by SSTableReader.
 */
export class DataDirectory {
  readonly table: TableMetadata;
  readonly keyType: CqlType;
  readonly layout: DataLayout;
  /** Uncompressed. */
  readonly data: ByteSource;
  /** What {@link readPartition} read. */
  readonly header: PartitionHeader;
  private readonly reader: UnfilteredReader;
  private readonly places: PartitionPlaces;
  private readonly partitions: PartList;
  // In the order of their last use.
  private readonly rows = new Map<number, PartList>();

  /** Throws MissingComponentError, CorruptionError, UnsupportedCompressorError, UnknownTypeError. */
  constructor(descriptor: Descriptor, sources: SSTableSources) {
    const context = new SSTableContext(descriptor, sources);
    this.table = context.table();
    this.keyType = context.keyType();
    this.layout = context.layout();
    this.data = context.uncompressed();
    this.places = context.places(this.data, this.layout);
    const window = new ByteWindow(this.data, 4096);
    window.readAhead = 0;
    this.reader = new UnfilteredReader(window, this.layout);
    this.header = new PartitionHeader(window, this.reader, this.layout);
    this.partitions = new SteppedParts(
      0,
      this.data.size,
      (position) => this.places.endOf(position),
      (from, to) => leaf(from, to, PLACE),
    );
  }

  /** The n-th partition; null behind the last. */
  partition(index: number): DataPlace | null {
    return placeIn(this.partitions, index);
  }

  /** The partition that a byte of the uncompressed data is in. */
  partitionAt(position: number): DataPlace | null {
    return this.partition(this.partitions.indexOf(position));
  }

  /** Reads key, deletion and static row of a partition into `header`. Throws CorruptionError. */
  readPartition({ from }: DataPlace): void {
    this.header.read(from);
  }

  /** The n-th row or marker of a partition, without its static row; null behind the last. Throws CorruptionError where its head is damaged. */
  row(partition: DataPlace, index: number): DataPlace | null {
    return placeIn(this.rowsOf(partition), index);
  }

  /** Reads a row or marker of a partition: what is returned is good until the next. Throws CorruptionError. */
  readRow({ from, to }: DataPlace): { readonly row: Row } | { readonly marker: RangeTombstoneMarker } {
    const { reader } = this;
    reader.seek(from, to);
    const found = reader.peek();
    if (found === Unfiltered.END) throw new CorruptionError(`the partition ends here, and should at ${to}`, this.data.name, from);
    if (found === Unfiltered.ROW) {
      reader.read();
      return { row: reader.row };
    }
    reader.readAlone();
    return { marker: reader.marker };
  }

  /** Place in Index.db or Rows.db of the index's entry of a partition with a row index; -1 of one without. */
  rowIndexOf({ from }: DataPlace): number {
    return this.places.rowIndexOf(from);
  }

  private rowsOf(partition: DataPlace): PartList {
    const { from, to } = partition;
    const known = this.rows.get(from);
    if (known !== undefined) {
      this.rows.delete(from);
      this.rows.set(from, known);
      return known;
    }
    this.header.read(from);
    const end = Math.max(this.header.rowsFrom, to - 1);
    const list = new SteppedParts(
      this.header.rowsFrom,
      end,
      (position) => this.places.endOfUnfiltered(position, end),
      (start, stop) => leaf(start, stop, PLACE),
    );
    if (this.rows.size === PARTITIONS_KEPT) this.rows.delete(this.rows.keys().next().value!);
    this.rows.set(from, list);
    return list;
  }
}

function placeIn(list: PartList, index: number): DataPlace | null {
  const part = list.at(index);
  if (part === null) return null;
  return { index, from: part.from, to: part.to, damage: part.words === PLACE ? '' : part.value };
}
