import { highWord, lowWord } from '@cassette/bytes';
import { type ColumnMetadata, type CqlType, compareColumns, type TableMetadata } from '@cassette/cql';
import { type ClusteringColumn, ClusteringComparator } from '../clustering/clustering-comparator.ts';

/** A column as the header of Statistics.db lists it. */
export interface StoredColumn {
  readonly name: string;
  readonly type: CqlType;
}

/** What must be known to read or write the rows of one SSTable, apart from the table. */
export interface DataLayoutInput {
  /** Clustering columns with their types as in the header. */
  readonly clustering: readonly ClusteringColumn[];
  /** In storage order. */
  readonly staticColumns: readonly StoredColumn[];
  /** In storage order. */
  readonly regularColumns: readonly StoredColumn[];
  /** Microseconds: timestamps are written as differences to it. */
  readonly minTimestamp: bigint;
  /** Seconds. */
  readonly minLocalDeletionTime: number;
  /** Seconds. */
  readonly minTtl: number;
  /** Unsigned local deletion times and the one-byte LIVE (oa, da). */
  readonly compactDeletionTime: boolean;
}

/**
 * The columns of one kind that an SSTable has, and which column of the table each is. Bitmaps and lists in the file count by
 * the position here, rows by the position in the table.
 */
export class StoredColumns {
  readonly count: number;
  /** Bytes of a value without a length, -1 where a length stands first; of cells of complex columns always -1. */
  readonly fixedLength: Int32Array;
  readonly complex: Uint8Array;
  /** Position in the table; -1 for a column that the table does not have (any more). */
  readonly target: Int32Array;
  /** Position here of a column of the table; -1 for one that the SSTable lacks. */
  readonly source: Int32Array;
  /** Whether cells up to `droppedHi`, `droppedLo` are gone: the column was dropped, and possibly added again. */
  readonly dropped: Uint8Array;
  readonly droppedHi: Int32Array;
  readonly droppedLo: Int32Array;
  /** Whether cells are one for a row and all of them are the table's. */
  readonly plain: Uint8Array;

  constructor(
    stored: readonly StoredColumn[],
    columns: readonly ColumnMetadata[],
    droppedColumns: TableMetadata['droppedColumns'],
  ) {
    const n = stored.length;
    this.count = n;
    this.fixedLength = Int32Array.from(stored, (c) => (c.type.isMultiCell ? -1 : c.type.fixedLength));
    this.complex = Uint8Array.from(stored, (c) => (c.type.isMultiCell ? 1 : 0));
    this.target = new Int32Array(n).fill(-1);
    this.source = new Int32Array(columns.length).fill(-1);
    this.dropped = new Uint8Array(n);
    this.droppedHi = new Int32Array(n);
    this.droppedLo = new Int32Array(n);
    const byName = new Map(columns.map((c) => [c.name, c]));
    stored.forEach((column, i) => {
      const found = byName.get(column.name);
      if (found !== undefined && found.type.isMultiCell === column.type.isMultiCell) {
        this.target[i] = found.position;
        this.source[found.position] = i;
      }
      const dropped = droppedColumns.get(column.name);
      if (dropped !== undefined) {
        this.dropped[i] = 1;
        this.droppedHi[i] = highWord(dropped.droppedTime);
        this.droppedLo[i] = lowWord(dropped.droppedTime);
      }
    });
    this.plain = Uint8Array.from(stored, (_, i) =>
      this.target[i] >= 0 && this.complex[i] === 0 && this.dropped[i] === 0 ? 1 : 0,
    );
  }

  /** Whether the bytes of subsets and of cells of plain columns mean the same here and there: the same columns of one table, framed alike. */
  readsLike(other: StoredColumns): boolean {
    if (this.count !== other.count) return false;
    for (let i = 0; i < this.count; i++) {
      if (this.target[i] !== other.target[i] || this.fixedLength[i] !== other.fixedLength[i]) return false;
    }
    return true;
  }
}

/** How the rows of one SSTable lie in Data.db. Made once an SSTable, shared by all its cursors. Cassandra: db.SerializationHeader. */
export class DataLayout {
  readonly comparator: ClusteringComparator;
  readonly clusteringFixed: Int32Array;
  readonly statics: StoredColumns;
  readonly regulars: StoredColumns;
  readonly minTimestampHi: number;
  readonly minTimestampLo: number;
  readonly minLocalDeletionTime: number;
  readonly minTtl: number;
  readonly compactDeletionTime: boolean;

  /** The layout of an SSTable as a table sees it. */
  constructor(input: DataLayoutInput, table: Pick<TableMetadata, 'staticColumns' | 'regularColumns' | 'droppedColumns'>) {
    this.comparator = new ClusteringComparator(input.clustering);
    this.clusteringFixed = Int32Array.from(input.clustering, (c) => c.type.fixedLength);
    this.statics = new StoredColumns(input.staticColumns, table.staticColumns, table.droppedColumns);
    this.regulars = new StoredColumns(input.regularColumns, table.regularColumns, table.droppedColumns);
    this.minTimestampHi = highWord(input.minTimestamp);
    this.minTimestampLo = lowWord(input.minTimestamp);
    this.minLocalDeletionTime = input.minLocalDeletionTime;
    this.minTtl = input.minTtl;
    this.compactDeletionTime = input.compactDeletionTime;
  }

  /** The number of clustering columns. */
  get clusteringSize(): number {
    return this.clusteringFixed.length;
  }
}

/** Whether columns stand in storage order, each once, as every header must have them. */
export function inStorageOrder(columns: readonly StoredColumn[]): boolean {
  for (let i = 1; i < columns.length; i++) if (compareColumns(columns[i - 1], columns[i]) >= 0) return false;
  return true;
}
