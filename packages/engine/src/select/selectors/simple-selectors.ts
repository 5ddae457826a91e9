import { ByteWriter } from '@cassette/bytes';
import { type CqlType, InvalidRequestError, type Place, pointedAt } from '@cassette/cql';
import { type Binding, TermState } from '../../prepared/binding.ts';
import { type AggregateFunction, callFunction, columnNameOf, type ScalarFunction } from '../../prepared/functions/index.ts';
import type { BoundTerm } from '../../prepared/terms/index.ts';
import { ColumnSelection } from './column-selection.ts';
import { type Collected, CompositeSelector, NO_ROW, type SelectedRow, Selector, selectedBytes } from './selector.ts';

/** A constant or a bind marker. Cassandra: selection.TermSelector. */
export class TermSelection extends Selector {
  readonly type: CqlType;
  readonly name: string;
  private readonly term: BoundTerm;

  constructor(term: BoundTerm, name: string) {
    super();
    this.type = term.type;
    this.name = name;
    this.term = term;
  }

  override get isTerminal(): boolean {
    return true;
  }

  write(_row: SelectedRow, binding: Binding, out: ByteWriter): boolean {
    const state = this.term.write(binding, out);
    if (state === TermState.UNSET) throw new InvalidRequestError('Invalid unset value in a selection', this.term.where);
    return state === TermState.VALUE;
  }

  override check(binding: Binding): void {
    this.term.write(binding, new ByteWriter(16));
  }
}

/** Another selector under another name, and maybe another type whose values are the same bytes: `(a)`, `(type) a`. */
export class RenamedSelection extends Selector {
  readonly type: CqlType;
  readonly name: string;
  private readonly of: Selector;

  constructor(of: Selector, name: string, type: CqlType = of.type) {
    super();
    this.of = of;
    this.name = name;
    this.type = type;
  }

  override get isAggregate(): boolean {
    return this.of.isAggregate;
  }

  override get isTerminal(): boolean {
    return this.of.isTerminal;
  }

  write(row: SelectedRow, binding: Binding, out: ByteWriter): boolean {
    return this.of.write(row, binding, out);
  }

  override collect(binding: Binding): Collected {
    return this.of.collect(binding);
  }

  override check(binding: Binding): void {
    this.of.check(binding);
  }
}

/** A function of selectors. Cassandra: selection.ScalarFunctionSelector. */
export class FunctionSelection extends CompositeSelector {
  readonly type: CqlType;
  readonly name: string;
  private readonly called: ScalarFunction;
  private readonly where: Place;

  constructor(called: ScalarFunction, args: readonly Selector[], where: Place) {
    super(args);
    this.type = called.returnType;
    this.name = columnNameOf(
      called,
      args.map((argument) => argument.name),
    );
    this.called = called;
    this.where = where;
  }

  /** Whether results go up with what they are made of, so that rows of one result lie together. */
  get isMonotonic(): boolean {
    const given = this.parts.map((part) => part.isTerminal);
    if (this.called.isMonotonic?.(given) !== true) return false;
    return this.parts.every(
      (part) => part.isTerminal || part instanceof ColumnSelection || (part instanceof FunctionSelection && part.isMonotonic),
    );
  }

  override get isTerminal(): boolean {
    return this.called.isVolatile !== true && this.parts.length > 0 && super.isTerminal;
  }

  override check(binding: Binding): void {
    super.check(binding);
    const { called, parts, where } = this;
    if (called.checkConstants === undefined || !parts.some((part) => part.isTerminal)) return;
    const constants = parts.map((part) => (part.isTerminal ? selectedBytes(part, NO_ROW, binding) : undefined));
    try {
      called.checkConstants(constants);
    } catch (error) {
      throw pointedAt(error, where);
    }
  }

  protected override combine(values: readonly (Uint8Array | null)[], binding: Binding, out: ByteWriter): boolean {
    const result = callFunction(this.called, values, binding, this.where);
    if (result === null) return false;
    out.bytes(result);
    return true;
  }
}

/** A function of the rows of a group. Cassandra: selection.AggregateFunctionSelector. */
export class AggregateSelection extends Selector {
  readonly type: CqlType;
  readonly name: string;
  private readonly called: AggregateFunction;
  private readonly of: Selector | undefined;

  /** `of`: what is aggregated; undefined for the function that counts rows. */
  constructor(called: AggregateFunction, of: Selector | undefined) {
    super();
    this.type = called.returnType;
    this.name = columnNameOf(called, of === undefined ? [] : [of.name]);
    this.called = called;
    this.of = of;
  }

  override get isAggregate(): boolean {
    return true;
  }

  /** Whether it has a value whatever the rows are: one that has a value of no rows keeps one. */
  get isNeverNull(): boolean {
    return this.called.aggregate().result() !== null;
  }

  /** Of one row by itself; a group is collected. */
  write(row: SelectedRow, binding: Binding, out: ByteWriter): boolean {
    const collected = this.collect(binding);
    collected.add(row);
    return collected.finish(out);
  }

  override collect(binding: Binding): Collected {
    const { of } = this;
    const state = this.called.aggregate();
    return {
      add: (row) => state.add(of === undefined ? null : selectedBytes(of, row, binding)),
      finish: (out) => {
        const result = state.result();
        if (result === null) return false;
        out.bytes(result);
        return true;
      },
    };
  }

  override check(binding: Binding): void {
    this.of?.check(binding);
  }
}
