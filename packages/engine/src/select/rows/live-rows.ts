import { compareInt64, highWord, lowWord } from '@cassette/bytes';
import type { ColumnMetadata, TableMetadata } from '@cassette/cql';
import { CellFlag, DeletionTime, isEnd, isStart, type Row, Unfiltered, type UnfilteredCursor } from '@cassette/sstable';

/** What is alive of a row at one moment: the row's cells, and which of them count. Filled again and again. */
export class LiveRow {
  /** The row as it was read. */
  row: Row;
  /** Indices of the live cells in `row`, ordered by column and path. */
  cells = new Int32Array(16);
  cellCount = 0;
  /** For each column position: where its live cells begin in `cells`; one more entry ends the last. */
  readonly columnStart: Int32Array;
  /** The row exists for CQL: its liveness is alive, or a cell is. */
  isAlive = false;
  /** Its INSERT is alive. */
  hasLiveness = false;

  constructor(row: Row, columns: number) {
    this.row = row;
    this.columnStart = new Int32Array(columns + 1);
  }

  /** Whether the column at that position has a live cell. */
  has(position: number): boolean {
    return this.columnStart[position] < this.columnStart[position + 1];
  }

  /** The row is none: no cells, not alive. */
  clear(): void {
    this.cellCount = 0;
    this.columnStart.fill(0);
    this.isAlive = false;
    this.hasLiveness = false;
  }
}

/** What {@link LiveRows.advance} came to. */
export const LiveStep = {
  /** The end of the partition. */
  END: 0,
  /** A row that is alive. */
  ROW: 1,
  /** Something that is not alive; there may be more. */
  NOTHING: 2,
  /** Nothing yet: the cursor has passed over much, and lets others have their turn. */
  PAUSE: 3,
} as const;
export type LiveStep = (typeof LiveStep)[keyof typeof LiveStep];

/** Until when cells of columns that were dropped and added again are gone; undefined for columns that never were. */
type DroppedTimes = readonly ({ readonly hi: number; readonly lo: number } | undefined)[];

/** Null where no column of a table was ever dropped. */
function droppedTimes({ droppedColumns }: TableMetadata, columns: readonly ColumnMetadata[]): DroppedTimes | null {
  if (droppedColumns.size === 0) return null;
  return columns.map(({ name }) => {
    const time = droppedColumns.get(name)?.droppedTime;
    return time === undefined ? undefined : { hi: highWord(time), lo: lowWord(time) };
  });
}

/**
 * Goes through a cursor partition by partition and row by row, and leaves out what is deleted or has expired.
 * Cassandra: UnfilteredPartitionIterators#filter.
 */
export class LiveRows {
  /** The row that `nextRow` moved to. */
  readonly row: LiveRow;
  /** The partition's static row. */
  readonly staticRow: LiveRow;
  private source: UnfilteredCursor;
  private readonly reversed: boolean;
  private nowInSeconds: number;
  private readonly open = new DeletionTime();
  private readonly active = new DeletionTime();
  private readonly complex = new DeletionTime();
  private readonly droppedStatics: DroppedTimes | null;
  private readonly droppedRegulars: DroppedTimes | null;

  /** `reversed` as the command of the cursor says; `nowInSeconds` decides what has expired. */
  constructor(table: TableMetadata, cursor: UnfilteredCursor, reversed: boolean, nowInSeconds: number) {
    this.source = cursor;
    this.reversed = reversed;
    this.nowInSeconds = nowInSeconds;
    this.row = new LiveRow(cursor.row, table.regularColumns.length);
    this.staticRow = new LiveRow(cursor.row, table.staticColumns.length);
    this.droppedStatics = droppedTimes(table, table.staticColumns);
    this.droppedRegulars = droppedTimes(table, table.regularColumns);
  }

  /** What it goes through. */
  get cursor(): UnfilteredCursor {
    return this.source;
  }

  /** Begins anew, with another cursor over the same table, forward or reversed as before. */
  restart(cursor: UnfilteredCursor, nowInSeconds: number): void {
    this.source = cursor;
    this.nowInSeconds = nowInSeconds;
    this.row.row = cursor.row;
    this.staticRow.row = cursor.row;
  }

  /** Moves to the next partition that is in the cursor; it may turn out to have nothing alive. */
  nextPartition(): boolean {
    if (!this.source.nextPartition()) return false;
    this.open.setLive();
    const read = this.source.staticRow;
    if (read === null) {
      this.staticRow.clear();
    } else {
      this.fill(this.staticRow, read);
    }
    return true;
  }

  /** Moves to the next row that is alive. */
  nextRow(): boolean {
    let found = this.advance();
    while (found === LiveStep.NOTHING || found === LiveStep.PAUSE) found = this.advance();
    return found === LiveStep.ROW;
  }

  /** Moves on by one row or marker, alive or not: for those who give up their turn among many that are not. */
  advance(): LiveStep {
    switch (this.source.next()) {
      case Unfiltered.END:
        return LiveStep.END;
      case Unfiltered.PAUSE:
        return LiveStep.PAUSE;
      case Unfiltered.MARKER: {
        const { marker } = this.source;
        // Read backwards, a range begins where its end bound is.
        if (this.reversed) {
          if (isEnd(marker.kind)) this.open.set(marker.closing);
          else this.open.setLive();
        } else if (isStart(marker.kind)) {
          this.open.set(marker.opening);
        } else {
          this.open.setLive();
        }
        return LiveStep.NOTHING;
      }
      default:
        this.fill(this.row, this.source.row);
        return this.row.isAlive ? LiveStep.ROW : LiveStep.NOTHING;
    }
  }

  private fill(target: LiveRow, row: Row): void {
    const { active, complex, nowInSeconds } = this;
    active.set(this.source.partitionDeletion);
    if (!row.isStatic && this.open.supersedes(active)) active.set(this.open);
    if (row.deletion.supersedes(active)) active.set(row.deletion);
    const anyDeletion = !active.isLive;

    target.row = row;
    target.hasLiveness =
      row.hasLiveness &&
      !(anyDeletion && active.deletes(row.livenessHi, row.livenessLo)) &&
      (row.livenessTtl === 0 || nowInSeconds < row.livenessLocalExpirationTime);
    if (target.cells.length < row.cellCount) target.cells = new Int32Array(row.cellCount * 2);

    const { cells, columnStart } = target;
    const dropped = row.isStatic ? this.droppedStatics : this.droppedRegulars;
    let count = 0;
    let column = -1;
    let complexDeleted = false;
    for (let i = 0; i < row.cellCount; i++) {
      const next = row.cellColumn[i];
      if (next !== column) {
        while (column < next) columnStart[++column] = count;
        complexDeleted = false;
      }
      const flags = row.cellFlags[i];
      const hi = row.cellHi[i];
      const lo = row.cellLo[i];
      if ((flags & CellFlag.COMPLEX_DELETION) !== 0) {
        complex.setTo(hi, lo, row.cellLocalDeletionTime[i]);
        complexDeleted = true;
        continue;
      }
      if ((flags & CellFlag.DELETED) !== 0) continue;
      if (anyDeletion && compareInt64(hi, lo, active.hi, active.lo) <= 0) continue;
      if (complexDeleted && compareInt64(hi, lo, complex.hi, complex.lo) <= 0) continue;
      if (dropped !== null) {
        // Written after the column was added again, with a timestamp from before it was dropped.
        const until = dropped[next];
        if (until !== undefined && compareInt64(hi, lo, until.hi, until.lo) <= 0) continue;
      }
      if ((flags & CellFlag.EXPIRING) !== 0 && nowInSeconds >= row.cellLocalDeletionTime[i]) continue;
      cells[count++] = i;
    }
    while (column < columnStart.length - 1) columnStart[++column] = count;
    target.cellCount = count;
    target.isAlive = target.hasLiveness || count > 0;
  }

  /** Gives back what the cursor holds. */
  close(): void {
    this.source.close();
  }
}
