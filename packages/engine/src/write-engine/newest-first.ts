import { compareInt64, highWord, lowWord } from '@cassette/bytes';
import type { ColumnMetadata, TableMetadata } from '@cassette/cql';
import { BoundKind, DeletionTime, type ReadCommand, type Row, Unfiltered } from '@cassette/sstable';
import type { StartedCursor } from './started-cursor.ts';

/**
 * What newer sources hold of the one partition that is read, and so whether older SSTables, of which the newest timestamp is known, can
 * still say anything: not where the partition was deleted after that, and not where one row is wanted of which everything is newer.
 * Sources come with the newest first. Cassandra: db.SinglePartitionReadCommand#queryMemtableAndSSTablesInTimestampOrder.
 */
export class NewestFirst {
  private readonly partitionDeletion = new DeletionTime();
  /** Null where it takes more than one cell of a column, or more than one row, to know all. */
  private readonly row: NewestCells | null;
  private readonly statics: NewestCells;

  constructor(table: TableMetadata, command: ReadCommand) {
    const { queriedColumns = [...table.regularColumns, ...table.staticColumns] } = command;
    // Cells of a collection add up over SSTables, and so do shards of a counter.
    const isSimple = !table.isCounter && !queriedColumns.some(({ type }) => type.isMultiCell);
    const queried = (kind: ColumnMetadata['kind']) => queriedColumns.filter((column) => column.kind === kind);
    this.row = isSimple && namesOneRow(table, command) ? new NewestCells(table.regularColumns, queried('regular')) : null;
    this.statics = new NewestCells(table.staticColumns, queried('static'));
  }

  /** Whether a single row is read, so that looking at each source before the next one may save reads. */
  get isOneRow(): boolean {
    return this.row !== null;
  }

  /** Learns what a source holds; it stands at the partition. */
  add(source: StartedCursor): void {
    if (source.partitionDeletion.supersedes(this.partitionDeletion)) this.partitionDeletion.set(source.partitionDeletion);
    if (this.row === null) return;
    if (source.staticRow !== null) this.statics.add(source.staticRow);
    // Behind a marker there may be a row: that it is not looked at only means one more SSTable.
    if (source.peek() === Unfiltered.ROW) this.row.add(source.row);
  }

  /** Why an SSTable has nothing to say in which nothing is newer than `maxTimestamp`, in microseconds; null where it may have. */
  suffices(maxTimestamp: bigint): 'older than the row' | 'older than the deletion of its partition' | null {
    const hi = highWord(maxTimestamp);
    const lo = lowWord(maxTimestamp);
    const { partitionDeletion, row, statics } = this;
    if (!partitionDeletion.isLive && compareInt64(hi, lo, partitionDeletion.hi, partitionDeletion.lo) < 0) {
      return 'older than the deletion of its partition';
    }
    return row !== null && statics.areAllAfter(hi, lo) && row.isWholeAfter(hi, lo) ? 'older than the row' : null;
  }
}

/** Whether the command asks for one row: by its clustering, or of a table without. */
function namesOneRow({ clustering }: TableMetadata, { slices }: ReadCommand): boolean {
  if (clustering.length === 0) return slices === undefined;
  if (slices?.length !== 1) return false;
  const [{ start, end }] = slices;
  return (
    start.kind === BoundKind.INCL_START_BOUND &&
    end.kind === BoundKind.INCL_END_BOUND &&
    start.size === clustering.length &&
    end.size === clustering.length &&
    start.bytes.length === end.bytes.length &&
    start.bytes.every((byte, i) => byte === end.bytes[i])
  );
}

/** The newest timestamps of a row over several sources: of its liveness, of its deletion, and of the cells of each column. */
class NewestCells {
  private readonly hi: Int32Array;
  private readonly lo: Int32Array;
  private readonly has: Uint8Array;
  private readonly deletion = new DeletionTime();
  private hasLiveness = false;
  private livenessHi = 0;
  private livenessLo = 0;
  private livenessExpires = false;
  private readonly columns: readonly ColumnMetadata[];
  /** Those whose values are looked at. */
  private readonly queried: readonly ColumnMetadata[];

  constructor(columns: readonly ColumnMetadata[], queried: readonly ColumnMetadata[]) {
    this.columns = columns;
    this.queried = queried;
    this.hi = new Int32Array(columns.length);
    this.lo = new Int32Array(columns.length);
    this.has = new Uint8Array(columns.length);
  }

  add(row: Row): void {
    if (row.deletion.supersedes(this.deletion)) this.deletion.set(row.deletion);
    const { livenessHi, livenessLo } = row;
    if (row.hasLiveness && (!this.hasLiveness || compareInt64(livenessHi, livenessLo, this.livenessHi, this.livenessLo) > 0)) {
      this.hasLiveness = true;
      this.livenessHi = livenessHi;
      this.livenessLo = livenessLo;
      this.livenessExpires = false;
    }
    // Of two that are as new the one that expires counts.
    if (row.hasLiveness && row.livenessTtl !== 0 && livenessHi === this.livenessHi && livenessLo === this.livenessLo) {
      this.livenessExpires = true;
    }
    const { hi, lo, has } = this;
    for (let i = 0; i < row.cellCount; i++) {
      const column = row.cellColumn[i];
      if (has[column] === 1 && compareInt64(row.cellHi[i], row.cellLo[i], hi[column], lo[column]) <= 0) continue;
      has[column] = 1;
      hi[column] = row.cellHi[i];
      lo[column] = row.cellLo[i];
    }
  }

  /** Whether each column that is looked at has a cell, be it a tombstone, that is newer than that timestamp. */
  areAllAfter(hi: number, lo: number): boolean {
    return this.queried.every((column) => this.isAfter(column, hi, lo));
  }

  /**
   * Whether nothing up to that timestamp can change what is seen of the row: it was deleted later, or inserted with all columns that are
   * looked at. An INSERT that expires does not prove that the row is there for good, unlike in Cassandra, where such a row is missing
   * although an older column is alive until both are compacted: then it takes all columns.
   */
  isWholeAfter(hi: number, lo: number): boolean {
    if (!this.deletion.isLive && this.deletion.deletes(hi, lo)) return true;
    if (!this.hasLiveness || compareInt64(this.livenessHi, this.livenessLo, hi, lo) <= 0) return false;
    if (!this.livenessExpires) return this.areAllAfter(hi, lo);
    return this.columns.every((column) => !column.type.isMultiCell && this.isAfter(column, hi, lo));
  }

  private isAfter({ position }: ColumnMetadata, hi: number, lo: number): boolean {
    return this.has[position] === 1 && compareInt64(this.hi[position], this.lo[position], hi, lo) > 0;
  }
}
