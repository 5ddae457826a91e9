import { ByteReader, ByteWriter } from '@cassette/bytes';
import { type ColumnSpec, ResultBuilder, ResultSet, type TransferableResultSet } from '../result/index.ts';

/** How the rows of a SELECT become others: encoded, as it travels. Indexes ascend. */
export interface RowUpdate {
  /** Nothing of what was there before counts: the rows are those of `inserted`. */
  readonly isReset: boolean;
  /** Where the rows that go were, before anything is done. */
  readonly deleted: Int32Array;
  /** Where the rows that come are, when everything is done. */
  readonly inserted: Int32Array;
  /** Where the rows whose values change are, when everything is done. */
  readonly updated: Int32Array;
  /** The rows of `inserted`, and then those of `updated`. */
  readonly rows: ResultSet;
}

/** A {@link RowUpdate} as plain data for `postMessage`. */
export interface TransferableRowUpdate extends Omit<RowUpdate, 'rows'> {
  readonly rows: TransferableResultSet;
}

/** The update as plain data; its rows are of no more use here after a transfer. */
export function rowUpdateToTransfer(update: RowUpdate): TransferableRowUpdate {
  return { ...update, rows: update.rows.toTransfer() };
}

/** The update of plain data. */
export function rowUpdateFromTransfer(data: TransferableRowUpdate): RowUpdate {
  return { ...data, rows: ResultSet.fromTransfer(data.rows) };
}

/** Rows of a result by themselves, each cell with its length before it, -1 for null: what two rows are compared by. */
export function encodedRows(result: ResultSet, from = 0, to = result.rowLength): Uint8Array[] {
  const width = result.columns?.length ?? 0;
  const out = new ByteWriter(128);
  const rows: Uint8Array[] = [];
  for (let i = from; i < to; i++) {
    out.clear();
    for (let c = 0; c < width; c++) {
      const cell = result.cell(i, c);
      out.i32(cell === null ? -1 : cell.length);
      if (cell !== null) out.bytes(cell);
    }
    rows.push(out.toBytes());
  }
  return rows;
}

/** Gathers the parts of an update. */
export class RowUpdateBuilder {
  private readonly columns: readonly ColumnSpec[];
  private readonly deleted: number[] = [];
  private readonly inserted: number[] = [];
  private readonly updated: number[] = [];
  private readonly insertedRows: Uint8Array[] = [];
  private readonly updatedRows: Uint8Array[] = [];

  constructor(columns: readonly ColumnSpec[]) {
    this.columns = columns;
  }

  /** Whether nothing changes. */
  get isEmpty(): boolean {
    return this.deleted.length + this.inserted.length + this.updated.length === 0;
  }

  /** The row that was at `index` goes. */
  delete(index: number): void {
    this.deleted.push(index);
  }

  /** A row is at `index` that was not there. */
  insert(index: number, row: Uint8Array): void {
    this.inserted.push(index);
    this.insertedRows.push(row);
  }

  /** The row that is at `index` had other values. */
  update(index: number, row: Uint8Array): void {
    this.updated.push(index);
    this.updatedRows.push(row);
  }

  /** The update. */
  finish(isReset: boolean): RowUpdate {
    const builder = new ResultBuilder(this.columns);
    for (const row of this.insertedRows) this.putRow(builder, row);
    for (const row of this.updatedRows) this.putRow(builder, row);
    return {
      isReset,
      deleted: Int32Array.from(this.deleted),
      inserted: Int32Array.from(this.inserted),
      updated: Int32Array.from(this.updated),
      rows: builder.finish(),
    };
  }

  private putRow(builder: ResultBuilder, row: Uint8Array): void {
    const input = new ByteReader(row, 'row of a subscription');
    for (let c = 0; c < this.columns.length; c++) {
      const length = input.i32('cell length');
      if (length < 0) {
        builder.endNullCell();
        continue;
      }
      builder.out.bytesOf(row, input.position, input.position + length);
      input.skip(length, 'cell');
      builder.endCell();
    }
  }
}
