import type { ColumnMetadata, TableMetadata } from '@cassette/cql';
import { BoundKind, ClusteringBound, type UnfilteredCursor } from '@cassette/sstable';
import type { CurrentValue } from '../cql-to-mutation/index.ts';
import { type LiveRow, LiveRows, type ReadSource } from '../select/index.ts';
import { RowView } from '../select/row-view.ts';

/** A row as it is, for statements that look before they write. */
export interface FoundRow {
  /** Whether the row (or, looked for without clustering, the static row) is alive. */
  readonly exists: boolean;
  /** The live cells of the row that was asked for; null where it isn't. */
  readonly live: LiveRow | null;
  /** Values of columns of the row and of the static row. */
  readonly value: CurrentValue;
}

/** Reads single rows. What it finds is valid until `close`. */
export class RowLookup {
  private readonly source: ReadSource;
  private readonly open: LiveRows[] = [];

  constructor(source: ReadSource) {
    this.source = source;
  }

  /** The row of a partition with that clustering, or its static row for null. */
  find(table: TableMetadata, key: Uint8Array, clustering: Uint8Array | null, nowInSeconds: number): FoundRow {
    const size = table.clustering.length;
    const bytes = clustering ?? new Uint8Array(0);
    const slice = {
      start: new ClusteringBound(BoundKind.INCL_START_BOUND, size, bytes),
      end: new ClusteringBound(BoundKind.INCL_END_BOUND, size, bytes),
    };
    const slices = clustering === null ? [] : [slice];
    const cursor = this.source.read(table, { partitions: { keys: [key] }, ...(size > 0 && { slices }) });
    const found = this.firstOf(table, cursor, clustering !== null || size === 0, nowInSeconds);
    if (found === null) return NOTHING;
    const { rows, hasRow, value } = found;
    if (clustering === null) return { exists: rows.staticRow.isAlive, live: rows.staticRow, value };
    return { exists: hasRow, live: hasRow ? rows.row : null, value };
  }

  /** The first row of a partition; `inserted`: of those that INSERT made, for of others nothing is seen where no regular column is read. */
  findFirst(table: TableMetadata, key: Uint8Array, nowInSeconds: number, inserted: boolean): FoundRow {
    const cursor = this.source.read(table, { partitions: { keys: [key] } });
    const found = this.firstOf(table, cursor, true, nowInSeconds, (row) => row.hasLiveness || !inserted);
    return found === null ? NOTHING : { exists: found.hasRow, live: found.hasRow ? found.rows.row : null, value: found.value };
  }

  private firstOf(
    table: TableMetadata,
    cursor: UnfilteredCursor,
    readsRow: boolean,
    nowInSeconds: number,
    isWanted: (row: LiveRow) => boolean = () => true,
  ): { readonly rows: LiveRows; readonly hasRow: boolean; readonly value: CurrentValue } | null {
    const rows = new LiveRows(table, cursor, false, nowInSeconds);
    this.open.push(rows);
    if (!rows.nextPartition()) return null;
    const view = new RowView(table, rows);
    view.beginPartition();
    let hasRow = readsRow && rows.nextRow();
    while (hasRow && !isWanted(rows.row)) hasRow = rows.nextRow();
    if (hasRow) view.beginRow();
    return { rows, hasRow, value: (column: ColumnMetadata) => view.value(column) };
  }

  /** Gives everything back. */
  close(): void {
    for (const rows of this.open) rows.close();
    this.open.length = 0;
  }
}

const NOTHING: FoundRow = { exists: false, live: null, value: () => null };
