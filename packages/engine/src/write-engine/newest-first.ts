import { compareInt64, highWord, lowWord } from '@cassette/bytes';
import type { TableMetadata } from '@cassette/cql';
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
    // Cells of a collection add up over SSTables, and so do shards of a counter.
    const isSimple = !table.isCounter && ![...table.regularColumns, ...table.staticColumns].some(({ type }) => type.isMultiCell);
    this.row = isSimple && namesOneRow(table, command) ? new NewestCells(table.regularColumns.length) : null;
    this.statics = new NewestCells(table.staticColumns.length);
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

  /** Whether an SSTable has nothing to say in which nothing is newer than `maxTimestamp`, in microseconds. */
  suffices(maxTimestamp: bigint): boolean {
    const hi = highWord(maxTimestamp);
    const lo = lowWord(maxTimestamp);
    const { partitionDeletion, row, statics } = this;
    if (!partitionDeletion.isLive && compareInt64(hi, lo, partitionDeletion.hi, partitionDeletion.lo) < 0) return true;
    return row !== null && statics.areAllAfter(hi, lo) && row.isWholeAfter(hi, lo);
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

  constructor(columns: number) {
    this.hi = new Int32Array(columns);
    this.lo = new Int32Array(columns);
    this.has = new Uint8Array(columns);
  }

  add(row: Row): void {
    if (row.deletion.supersedes(this.deletion)) this.deletion.set(row.deletion);
    const { livenessHi, livenessLo } = row;
    if (row.hasLiveness && (!this.hasLiveness || compareInt64(livenessHi, livenessLo, this.livenessHi, this.livenessLo) > 0)) {
      this.hasLiveness = true;
      this.livenessHi = livenessHi;
      this.livenessLo = livenessLo;
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

  /** Whether each column has a cell, be it a tombstone, that is newer than that timestamp. */
  areAllAfter(hi: number, lo: number): boolean {
    for (let i = 0; i < this.has.length; i++) {
      if (this.has[i] === 0 || compareInt64(this.hi[i], this.lo[i], hi, lo) <= 0) return false;
    }
    return true;
  }

  /** Whether nothing up to that timestamp can change the row: it was deleted later, or inserted with all its columns. */
  isWholeAfter(hi: number, lo: number): boolean {
    if (!this.deletion.isLive && this.deletion.deletes(hi, lo)) return true;
    return this.hasLiveness && compareInt64(this.livenessHi, this.livenessLo, hi, lo) > 0 && this.areAllAfter(hi, lo);
  }
}
