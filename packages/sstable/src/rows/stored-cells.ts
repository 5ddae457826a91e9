import type { Row } from './row.ts';

/** What a row's stored cells are told apart by: the columns of an SSTable's header as its readers know them, the same object for all its rows. */
export type StoredCellsColumns = object;

/**
 * The cells of a row as Data.db has them, not taken apart: all are alive, of simple columns, without TTL and written with the row's liveness,
 * so that nothing in their bytes depends on the SSTable's minima. Of most rows of most compactions only one source has a version, and then the
 * bytes are all that a writer needs: a merge takes half the time without a look at each cell. Valid as long as the row is.
 */
export interface StoredCells {
  /** The columns that the bytes speak of. */
  readonly columns: StoredCellsColumns;
  /** From the column subset on, where there is one, to the end of the row. */
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
  /** Cells, each of a column of its own. */
  readonly count: number;
  /** Whether every column is there: then no subset stands first. */
  readonly hasAllColumns: boolean;
  /** Appends them to the row, as cells like any others. */
  addTo(row: Row): void;
}
