import { ByteWriter } from '@cassette/bytes';
import type { ColumnMetadata, Place, TableMetadata } from '@cassette/cql';
import { CellFlag, DeletionTime, NO_DELETION_TIME, Row } from '@cassette/sstable';
import type { MutationBuilder } from '../mutation/index.ts';
import type { Binding } from '../prepared/binding.ts';
import type { LiveRow } from '../select/rows/index.ts';
import { expirationOf } from './attributes.ts';
import { type ListElement, PendingCells } from './current-list.ts';

/** Reads the row that is being written as it is now, for the few operations that need it; null where there is none. */
export type ExistingRow = () => LiveRow | null;

/**
 * Where the operations of one statement leave their cells: a row that is filled again and again, and a scratch buffer for its
 * bytes, so that a write makes no object a cell. Cassandra: cql3.UpdateParameters.
 */
export class RowWriter {
  readonly row = new Row();
  /** Bytes of paths and values. Ranges stay valid while it grows, since it never writes over what it has. */
  readonly out = new ByteWriter(512);
  binding: Binding | null = null;
  /** Whether {@link dataSize} is counted. */
  measures = false;
  /** Bytes of the rows so far as Cassandra counts them for the limit of batches. */
  dataSize = 0;
  /** Deletions made by this statement have these times. */
  readonly deletion = new DeletionTime();
  private hi = 0;
  private lo = 0;
  private ttl = 0;
  private expiration = NO_DELETION_TIME;
  private nowInSeconds = 0;
  private builder: MutationBuilder | null = null;
  private clustering: Uint8Array = NONE;
  private clusteringFrom = 0;
  private clusteringTo = 0;
  private existing: ExistingRow = nothing;
  private pending: PendingCells | null = null;
  /** Cells of `row` that `pending` has. */
  private kept = 0;

  /** Begins a statement: timestamp in microseconds as words, TTL in seconds or 0, and where it is said. */
  begin(binding: Binding, table: TableMetadata, hi: number, lo: number, ttl: number, ttlWhere: Place | undefined): void {
    this.binding = binding;
    this.hi = hi;
    this.lo = lo | 0;
    this.ttl = ttl;
    this.nowInSeconds = binding.nowInSeconds;
    this.expiration = ttl === 0 ? NO_DELETION_TIME : expirationOf(table, binding.nowInSeconds, ttl, ttlWhere);
    this.deletion.setTo(hi, lo, binding.nowInSeconds);
    this.out.clear();
    this.existing = nothing;
    this.pending = null;
  }

  /** Begins a row of a partition that `builder` builds. */
  beginRow(builder: MutationBuilder, clustering: Uint8Array, from: number, to: number): void {
    this.builder = builder;
    this.clustering = clustering;
    this.clusteringFrom = from;
    this.clusteringTo = to;
    this.row.clear();
    this.row.setClustering(clustering, from, to);
    this.pending?.clear();
    this.kept = 0;
  }

  /** From now on what is written is kept for {@link currentList}. */
  keepPending(existing: ExistingRow): void {
    this.existing = existing;
    this.pending ??= new PendingCells();
  }

  /** The elements of a list as they are with what this statement did so far. */
  currentList(column: ColumnMetadata): readonly ListElement[] {
    this.keepCells();
    return this.pending?.list(column, this.existing()) ?? [];
  }

  /** The value that a simple column had before this statement; null for none. */
  currentValue(column: ColumnMetadata): Uint8Array | null {
    const live = this.existing();
    if (live === null || !live.has(column.position)) return null;
    const i = live.cells[live.columnStart[column.position]];
    return live.row.cellValueBytes[i].slice(live.row.cellValueFrom[i], live.row.cellValueTo[i]);
  }

  private keepCells(): void {
    this.pending?.add(this.row, this.kept);
    this.kept = this.row.cellCount;
  }

  /** Begins the static row. */
  beginStaticRow(builder: MutationBuilder): void {
    this.beginRow(builder, NONE, 0, 0);
    this.row.isStatic = true;
  }

  /** INSERT was here. */
  liveness(): void {
    this.row.setLiveness(this.hi, this.lo, this.ttl, this.expiration);
  }

  /** The whole row is deleted. */
  deleteRow(): void {
    this.row.deletion.set(this.deletion);
  }

  /** Hands the row to the builder. */
  endRow(): void {
    if (this.measures) this.dataSize += dataSizeOf(this.row);
    this.builder?.addRow(this.row);
  }

  /**
   * Hands over what there is and goes on with the same row: for cells that come out of the order rows must have, which the
   * builder then brings together.
   */
  splitRow(): void {
    const { isStatic } = this.row;
    this.keepCells();
    this.endRow();
    this.row.clear();
    this.kept = 0;
    this.row.isStatic = isStatic;
    this.row.setClustering(this.clustering, this.clusteringFrom, this.clusteringTo);
  }

  /** Says that the statement names a column that got no cell. */
  nameColumn(column: ColumnMetadata): void {
    this.builder?.nameColumn(column);
  }

  /** A simple cell whose value is `out[from, now)`. */
  cell(column: ColumnMetadata, from: number): void {
    const i = this.add(column);
    this.row.setValue(i, this.out.buffer, from, this.out.length);
  }

  /** The tombstone of a simple cell. */
  tombstone(column: ColumnMetadata): void {
    this.row.addCell(column.position, CellFlag.DELETED, this.hi, this.lo, this.nowInSeconds, 0);
  }

  /** A cell of a multi-cell column; path and value are ranges of `out`, or of other bytes that stay as they are. */
  pathCell(
    column: ColumnMetadata,
    path: Uint8Array,
    pathFrom: number,
    pathTo: number,
    value: Uint8Array,
    valueFrom: number,
    valueTo: number,
  ): void {
    const i = this.add(column);
    this.row.setPath(i, path, pathFrom, pathTo);
    this.row.setValue(i, value, valueFrom, valueTo);
  }

  /** The tombstone of one cell of a multi-cell column. */
  pathTombstone(column: ColumnMetadata, path: Uint8Array, from: number, to: number): void {
    const i = this.row.addCell(column.position, CellFlag.DELETED, this.hi, this.lo, this.nowInSeconds, 0);
    this.row.setPath(i, path, from, to);
  }

  /** The deletion of a whole multi-cell column. Before an overwrite it lies one microsecond earlier than the new cells. */
  complexDeletion(column: ColumnMetadata, forOverwrite: boolean): void {
    const borrow = forOverwrite ? 1 : 0;
    const lo = (this.lo - borrow) | 0;
    const hi = forOverwrite && this.lo === 0 ? this.hi - 1 : this.hi;
    this.row.addCell(column.position, CellFlag.COMPLEX_DELETION, hi, lo, this.nowInSeconds, 0);
  }

  private add(column: ColumnMetadata): number {
    const flags = this.ttl === 0 ? 0 : CellFlag.EXPIRING;
    return this.row.addCell(column.position, flags, this.hi, this.lo, this.expiration, this.ttl);
  }
}

const NONE = new Uint8Array(0);

/** What a liveness, a deletion or a cell counts beside its value: timestamp, TTL and deletion time. */
const TIMES_BYTES = 20;

/** Cassandra: Row#dataSize. */
function dataSizeOf(row: Row): number {
  let size = row.clusteringTo - row.clusteringFrom + TIMES_BYTES;
  for (let i = 0; i < row.cellCount; i++) {
    size += TIMES_BYTES + row.cellValueTo[i] - row.cellValueFrom[i] + row.cellPathTo[i] - row.cellPathFrom[i];
  }
  return size;
}

function nothing(): LiveRow | null {
  return null;
}
