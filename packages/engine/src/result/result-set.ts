import { CassetteError } from '@cassette/bytes';
import type { Trace } from '../observe/trace.ts';
import { type ColumnSpec, columnsFromTransfer, columnsToTransfer } from './column-spec.ts';
import { Row } from './row.ts';

/** A result as plain data for `postMessage`; `bytes` and `ends` own their buffers, so they may be transferred. */
export interface TransferableResultSet {
  /** As `columnsToTransfer` writes them. */
  readonly columns: string | null;
  readonly bytes: Uint8Array;
  readonly ends: Int32Array;
  readonly rowLength: number;
  readonly pageState: Uint8Array | null;
  /** Of one that holds the answers of several executions: how many rows each of them has. */
  readonly counts?: Int32Array;
  /** Absent where nobody asked for it. */
  readonly trace?: Trace;
}

/** What the Node driver tells about an execution, as far as there is something to tell here. */
export interface ResultInfo {
  /** Null for none, and there are none: what Cassandra warns of is about clusters. */
  readonly warnings: readonly string[] | null;
  /** Always null: a trace is not stored but comes with the result, as its `trace`. */
  readonly traceId: null;
  /** Always true: there is one schema. */
  readonly isSchemaInAgreement: true;
}

const INFO: ResultInfo = Object.freeze({ warnings: null, traceId: null, isSchemaInAgreement: true });

const NO_BYTES = new Uint8Array(0);
const NO_ENDS = new Int32Array(0);

/** Asks for the page that begins at a page state. */
export type FetchPage = (pageState: Uint8Array) => Promise<ResultSet>;

/**
 * What a statement answered. Cells stay encoded, one after the other in `bytes`; values are made when they are looked at.
 * `ends[i]` is where cell `i` (row by row) ends and the next begins, or `~end` for null.
 *
 * Statements that answer no rows have `columns === null`. `for` gives the rows of this page, `for await` those of the following ones as
 * well. Cassandra: cql3.ResultSet; the shape is the Node driver's.
 */
export class ResultSet implements Iterable<Row>, AsyncIterable<Row> {
  /** The columns, or null for a statement that has none (a write, a schema change). */
  readonly columns: readonly ColumnSpec[] | null;
  /** How many rows this page has. */
  readonly rowLength: number;
  /** Where the next page begins, to be given back as the option `pageState`; null on the last page. */
  readonly pageState: Uint8Array | null;
  /** What there is to tell about the execution. */
  readonly info: ResultInfo = INFO;
  private recorded: Trace | null = null;
  private readonly bytes: Uint8Array;
  private readonly ends: Int32Array;
  /** Cells in `ends` that are before its own, where it is one of several that share them. */
  private firstCell = 0;
  private counts: Int32Array | null = null;
  private made: Row[] | null = null;
  private head: Row | null = null;
  private fetchPage: FetchPage | null = null;

  constructor(
    columns: readonly ColumnSpec[] | null,
    bytes: Uint8Array,
    ends: Int32Array,
    rowLength: number,
    pageState: Uint8Array | null = null,
  ) {
    this.columns = columns;
    this.bytes = bytes;
    this.ends = ends;
    this.rowLength = rowLength;
    this.pageState = pageState;
  }

  /** The answer of a statement that has no rows. */
  static empty(): ResultSet {
    return new ResultSet(null, NO_BYTES, NO_ENDS, 0);
  }

  /** What was done for it; null unless it was executed with the option `tracing`. Each page has its own. */
  get trace(): Trace | null {
    return this.recorded;
  }

  /** Says what was done for it, and gives back itself: for whoever executes statements. */
  tracedBy(trace: Trace): this {
    this.recorded = trace;
    return this;
  }

  /** Says that it holds the answers of several executions, of which each has so many rows, and gives back itself. */
  joinedOf(counts: Int32Array): this {
    this.counts = counts;
    return this;
  }

  /** The answers that it holds, where it holds those of several executions: they share its bytes. Else itself. */
  split(): ResultSet[] {
    const { columns, bytes, ends, counts, recorded } = this;
    if (counts === null) return [this];
    const width = columns?.length ?? 0;
    const parts = new Array<ResultSet>(counts.length);
    let { firstCell } = this;
    for (let i = 0; i < parts.length; i++) {
      const part = new ResultSet(columns, bytes, ends, counts[i]);
      part.firstCell = firstCell;
      part.recorded = recorded;
      firstCell += counts[i] * width;
      parts[i] = part;
    }
    return parts;
  }

  /** The rows of this page, made once; of a statement that answers none, none. */
  get rows(): readonly Row[] {
    if (this.made === null) {
      const rows: Row[] = [];
      for (let i = 0; i < this.rowLength; i++) rows.push(i === 0 && this.head !== null ? this.head : this.row(i));
      this.made = rows;
    }
    return this.made;
  }

  /** The first row, or null where there is none. */
  first(): Row | null {
    if (this.rowLength === 0) return null;
    this.head ??= this.made === null ? this.row(0) : this.made[0];
    return this.head;
  }

  /** Whether more pages follow. */
  isPaged(): boolean {
    return this.pageState !== null;
  }

  /** Says how the pages that follow are asked for, and gives back itself: for whoever executes statements. */
  followedBy(fetchPage: FetchPage): this {
    this.fetchPage = fetchPage;
    return this;
  }

  /** Whether a conditional write was applied; true for everything else. */
  wasApplied(): boolean {
    const columns = this.columns;
    if (columns === null || this.rowLength === 0 || columns[0].name !== '[applied]') return true;
    return this.value(0, 0) === true;
  }

  /** Row `index`, made anew. */
  row(index: number): Row {
    const columns = this.columns ?? [];
    const values = new Array<unknown>(columns.length);
    for (let c = 0; c < values.length; c++) values[c] = this.value(index, c);
    return new Row(columns, values);
  }

  /** The JavaScript value of one cell; null where it has none. Throws CassetteError OUT_OF_RANGE. */
  value(row: number, column: number): unknown {
    const i = this.indexOf(row, column);
    const end = this.ends[i];
    return end < 0 ? null : (this.columns as readonly ColumnSpec[])[column].type.decode(this.bytes, this.startOf(i), end);
  }

  /** The encoded value of one cell, as a view; null where it has none. Throws CassetteError OUT_OF_RANGE. */
  cell(row: number, column: number): Uint8Array | null {
    const i = this.indexOf(row, column);
    const end = this.ends[i];
    return end < 0 ? null : this.bytes.subarray(this.startOf(i), end);
  }

  private indexOf(row: number, column: number): number {
    const width = this.columns?.length ?? 0;
    if (row < 0 || row >= this.rowLength || column < 0 || column >= width) {
      throw new CassetteError('OUT_OF_RANGE', `Row ${row}, column ${column} of ${this.rowLength} rows, ${width} columns`);
    }
    return this.firstCell + row * width + column;
  }

  private startOf(cell: number): number {
    if (cell === 0) return 0;
    const before = this.ends[cell - 1];
    return before < 0 ? ~before : before;
  }

  /** The rows of this page, each made anew. */
  *[Symbol.iterator](): Generator<Row, void, void> {
    for (let i = 0; i < this.rowLength; i++) yield this.row(i);
  }

  /**
   * The rows of this page and of all that follow, each page asked for when the one before it is through. Rejects with what asking for one
   * rejects with, and with CassetteError NO_NEXT_PAGE where this result is not as `execute` answered it.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<Row, void, void> {
    yield* this[Symbol.iterator]();
    let { pageState, fetchPage } = this;
    while (pageState !== null) {
      if (fetchPage === null) throw new CassetteError('NO_NEXT_PAGE', 'This result does not know how its next page is asked for');
      const page: ResultSet = await fetchPage(pageState);
      yield* page[Symbol.iterator]();
      ({ pageState, fetchPage } = page);
    }
  }

  /** The rows of this page: what JSON.stringify asks for. */
  toJSON(): readonly Row[] {
    return this.rows;
  }

  /** As plain data. The arrays are this result's own: after a transfer of their buffers it is of no more use. */
  toTransfer(): TransferableResultSet {
    return {
      columns: this.columns === null ? null : columnsToTransfer(this.columns),
      ...this.ownCells(),
      rowLength: this.rowLength,
      pageState: this.pageState,
      ...(this.counts !== null && { counts: this.counts }),
      ...(this.recorded !== null && { trace: this.recorded }),
    };
  }

  /** Its cells alone: those it shares with others are copied. */
  private ownCells(): { bytes: Uint8Array; ends: Int32Array } {
    const { bytes, ends, firstCell } = this;
    const count = this.rowLength * (this.columns?.length ?? 0);
    if (firstCell === 0 && count === ends.length) return { bytes, ends };
    const from = this.startOf(firstCell);
    const own = ends.slice(firstCell, firstCell + count).map((end) => (end < 0 ? ~(~end - from) : end - from));
    const last = count === 0 ? 0 : own[count - 1];
    return { bytes: bytes.slice(from, from + (last < 0 ? ~last : last)), ends: own };
  }

  /** From plain data. */
  static fromTransfer(data: TransferableResultSet): ResultSet {
    const columns = data.columns === null ? null : columnsFromTransfer(data.columns);
    const result = new ResultSet(columns, data.bytes, data.ends, data.rowLength, data.pageState);
    if (data.counts !== undefined) result.joinedOf(data.counts);
    return data.trace === undefined ? result : result.tracedBy(data.trace);
  }
}
