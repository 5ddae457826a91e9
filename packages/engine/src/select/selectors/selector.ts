import { ByteWriter } from '@cassette/bytes';
import { type ColumnMetadata, type CqlType, ListType, nativeTypes, UserType } from '@cassette/cql';
import { NO_DELETION_TIME, type Row } from '@cassette/sstable';
import { type Binding, TermState } from '../../prepared/binding.ts';
import type { ScalarFunction } from '../../prepared/functions/scalar-functions.ts';
import type { BoundTerm } from '../../prepared/terms/index.ts';
import type { RowView } from '../row-view.ts';
import { fieldIndex } from '../rows/index.ts';

/** Makes one result column of a row. Cassandra: selection.Selector. */
export interface Selector {
  readonly type: CqlType;
  /** Appends the value for a row; false, with nothing appended, for null. */
  write(view: RowView, binding: Binding, out: ByteWriter): boolean;
  /** Set where the selector is made of all rows of a group rather than of one. */
  readonly aggregate?: () => Aggregation;
}

/** The state of an aggregate over the rows of a group. */
export interface Aggregation {
  add(view: RowView, binding: Binding): void;
  /** Appends the result; false for null. */
  finish(out: ByteWriter): boolean;
}

/** The bytes a selector makes, or null. */
export function selectedBytes(selector: Selector, view: RowView, binding: Binding): Uint8Array | null {
  const out = new ByteWriter(32);
  return selector.write(view, binding, out) ? out.toBytes() : null;
}

/** A column. */
export class ColumnSelection implements Selector {
  readonly type: CqlType;
  readonly column: ColumnMetadata;

  constructor(column: ColumnMetadata) {
    this.column = column;
    this.type = column.type;
  }

  write(view: RowView, _binding: Binding, out: ByteWriter): boolean {
    return view.write(this.column, out);
  }
}

/** A selector whose values are taken as those of another type, whose bytes are the same. */
export class HintedSelection implements Selector {
  readonly type: CqlType;
  readonly aggregate?: () => Aggregation;
  private readonly of: Selector;

  constructor(of: Selector, type: CqlType) {
    this.of = of;
    this.type = type;
    if (of.aggregate !== undefined) this.aggregate = of.aggregate;
  }

  write(view: RowView, binding: Binding, out: ByteWriter): boolean {
    return this.of.write(view, binding, out);
  }
}

/** A constant or a bind marker. */
export class TermSelection implements Selector {
  readonly type: CqlType;
  private readonly term: BoundTerm;

  constructor(term: BoundTerm) {
    this.type = term.type;
    this.term = term;
  }

  write(_view: RowView, binding: Binding, out: ByteWriter): boolean {
    return this.term.write(binding, out) === TermState.VALUE;
  }
}

/** A function of selectors. */
export class FunctionSelection implements Selector {
  readonly type: CqlType;
  private readonly called: ScalarFunction;
  private readonly args: readonly Selector[];

  constructor(called: ScalarFunction, args: readonly Selector[]) {
    this.type = called.returnType;
    this.called = called;
    this.args = args;
  }

  write(view: RowView, binding: Binding, out: ByteWriter): boolean {
    const result = this.called.call(
      this.args.map((arg) => selectedBytes(arg, view, binding)),
      binding,
    );
    if (result === null) return false;
    out.bytes(result);
    return true;
  }
}

/** `token(k)` of the row's own key. */
export const tokenSelection: Selector = {
  type: nativeTypes.bigint,
  write(view, _binding, out) {
    out.i64(view.tokenHi, view.tokenLo);
    return true;
  },
};

/** `writetime(c)`, `maxwritetime(c)`, `ttl(c)`: of a multi-cell column one for each cell. Cassandra: WritetimeOrTTLSelector. */
export class CellMetadataSelection implements Selector {
  readonly type: CqlType;
  private readonly column: ColumnMetadata;
  private readonly what: 'writetime' | 'maxwritetime' | 'ttl';

  constructor(column: ColumnMetadata, what: 'writetime' | 'maxwritetime' | 'ttl') {
    this.column = column;
    this.what = what;
    const single = what === 'ttl' ? nativeTypes.int : nativeTypes.bigint;
    this.type = column.type.isMultiCell && what !== 'maxwritetime' ? new ListType(single, false) : single;
  }

  write(view: RowView, binding: Binding, out: ByteWriter): boolean {
    const live = view.cellsOf(this.column);
    const { position } = this.column;
    if (live === null || !live.has(position)) return false;
    const { row, cells } = live;
    const from = live.columnStart[position];
    const to = live.columnStart[position + 1];
    if (this.what === 'maxwritetime') {
      let best = cells[from];
      for (let n = from + 1; n < to; n++) {
        const i = cells[n];
        const later = row.cellHi[i] - row.cellHi[best] || (row.cellLo[i] >>> 0) - (row.cellLo[best] >>> 0);
        if (later > 0) best = i;
      }
      return this.writeTime(row, best, binding, out);
    }
    const { type } = this.column;
    if (!type.isMultiCell) return this.writeTime(row, cells[from], binding, out);
    const isUserType = type instanceof UserType;
    const size = isUserType ? type.fields.length : to - from;
    out.i32(size);
    let written = 0;
    for (let n = from; n < to; n++) {
      const i = cells[n];
      // Each field of a user type has its place, whether it has a value or not.
      if (isUserType) for (const field = fieldIndex(row, i); written < field; written++) out.i32(-1);
      const at = out.length;
      out.i32(this.what === 'writetime' ? 8 : 4);
      if (!this.writeTime(row, i, binding, out)) out.patchI32(at, -1);
      written++;
    }
    for (; written < size; written++) out.i32(-1);
    return true;
  }

  /** Appends what there is to tell of one cell; returns false, and appends nothing, for the TTL of a cell that has none. */
  private writeTime(row: Row, i: number, binding: Binding, out: ByteWriter): boolean {
    if (this.what !== 'ttl') {
      out.i64(row.cellHi[i], row.cellLo[i]);
      return true;
    }
    if (row.cellTtl[i] === 0 || row.cellLocalDeletionTime[i] === NO_DELETION_TIME) return false;
    out.i32(row.cellLocalDeletionTime[i] - binding.nowInSeconds);
    return true;
  }
}
