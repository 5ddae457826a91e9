import { ByteWriter, CassetteError } from '@cassette/bytes';
import type { ColumnSpec } from './column-spec.ts';
import { ResultSet } from './result-set.ts';

/** Bytes that a result may have: offsets are int32. */
const RESULT_BYTES_MAX = 0x7fff0000;

/** Gathers the encoded cells of a result: one growing buffer, no object a cell. Cassandra: selection.ResultSetBuilder. */
export class ResultBuilder {
  readonly columns: readonly ColumnSpec[];
  /** Where the next cell's bytes go; end it with {@link endCell} or {@link endNullCell}. */
  readonly out = new ByteWriter(1024);
  private ends = new Int32Array(64);
  private cells = 0;

  constructor(columns: readonly ColumnSpec[]) {
    this.columns = columns;
  }

  /** Begins anew, with the buffers that there are: what was finished before has its own. */
  restart(): void {
    this.out.clear();
    this.cells = 0;
  }

  /** Bytes of its buffers. */
  get bytesHeld(): number {
    return this.out.buffer.length + this.ends.byteLength;
  }

  /** Whole rows so far. */
  get rowLength(): number {
    return this.cells / this.columns.length;
  }

  /** What was written to `out` since the last cell is a value. */
  endCell(): void {
    this.push(this.out.length);
  }

  /** The cell is null: nothing was written to `out`. */
  endNullCell(): void {
    this.push(~this.out.length);
  }

  private push(end: number): void {
    if (this.out.length > RESULT_BYTES_MAX) {
      throw new CassetteError('RESULT_TOO_LARGE', 'The result is larger than 2 GiB: set fetchSize or LIMIT, or use stream()');
    }
    if (this.cells === this.ends.length) {
      const wider = new Int32Array(this.ends.length * 2);
      wider.set(this.ends);
      this.ends = wider;
    }
    this.ends[this.cells++] = end;
  }

  /** The result; the builder is done after it. */
  finish(pageState: Uint8Array | null = null): ResultSet {
    return new ResultSet(
      this.columns,
      this.out.toBytes(),
      this.ends.slice(0, this.cells),
      this.columns.length === 0 ? 0 : this.rowLength,
      pageState,
    );
  }

  /** Adds the rows of a whole result of the same columns. */
  append(result: ResultSet): void {
    for (let row = 0; row < result.rowLength; row++) this.copy(result, row);
  }

  private copy(from: ResultSet, row: number): void {
    for (let c = 0; c < this.columns.length; c++) {
      const cell = from.cell(row, c);
      if (cell === null) {
        this.endNullCell();
      } else {
        this.out.bytes(cell);
        this.endCell();
      }
    }
  }

  /** The result with its rows in another order: `order[i]` is the index of the row that comes i-th. */
  finishOrdered(order: readonly number[]): ResultSet {
    const whole = this.finish();
    const sorted = new ResultBuilder(this.columns);
    for (const row of order) sorted.copy(whole, row);
    return sorted.finish();
  }
}
