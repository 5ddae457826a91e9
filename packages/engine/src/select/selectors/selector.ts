import { ByteWriter } from '@cassette/bytes';
import type { ColumnMetadata, CqlType } from '@cassette/cql';
import type { Binding } from '../../prepared/binding.ts';
import type { LiveRow } from '../rows/index.ts';

/** The row that selectors look at. */
export interface SelectedRow {
  /** Appends a column's value; false where it is null. */
  write(column: ColumnMetadata, out: ByteWriter): boolean;
  /** The row (or static row) that a static or regular column's cells are in; null where there is none. */
  cellsOf(column: ColumnMetadata): LiveRow | null;
}

/** What there is to look at where an aggregate has no row: null everywhere. */
export const NO_ROW: SelectedRow = { write: () => false, cellsOf: () => null };

/** Makes one result column. Cassandra: selection.Selector. */
export abstract class Selector {
  abstract readonly type: CqlType;
  /** The name of its column, where it has no alias. */
  abstract readonly name: string;

  /** Whether it is made of all rows of a group rather than of one. */
  get isAggregate(): boolean {
    return false;
  }

  /** Whether it is the same for all rows of an execution. */
  get isTerminal(): boolean {
    return false;
  }

  /** Appends the value for a row; false, with nothing appended, for null. */
  abstract write(row: SelectedRow, binding: Binding, out: ByteWriter): boolean;

  /** Begins a group of rows. What is no aggregate is the value of the group's first row. */
  collect(binding: Binding): Collected {
    return new FirstValue(this, binding);
  }

  /** Throws InvalidRequestError for what can be seen to be wrong before any row is. */
  check(_binding: Binding): void {
    // Most have nothing to check.
  }
}

/** What a selector has seen of the rows of a group. */
export interface Collected {
  add(row: SelectedRow): void;
  /** Appends the result; false for null. */
  finish(out: ByteWriter): boolean;
}

class FirstValue implements Collected {
  private readonly selector: Selector;
  private readonly binding: Binding;
  private value: Uint8Array | null = null;
  private isSet = false;

  constructor(selector: Selector, binding: Binding) {
    this.selector = selector;
    this.binding = binding;
  }

  add(row: SelectedRow): void {
    if (this.isSet) return;
    this.isSet = true;
    this.value = selectedBytes(this.selector, row, this.binding);
  }

  finish(out: ByteWriter): boolean {
    if (!this.isSet) return this.selector.write(NO_ROW, this.binding, out);
    if (this.value === null) return false;
    out.bytes(this.value);
    return true;
  }
}

/** The bytes a selector makes, or null. */
export function selectedBytes(selector: Selector, row: SelectedRow, binding: Binding): Uint8Array | null {
  const out = new ByteWriter(32);
  return selector.write(row, binding, out) ? out.toBytes() : null;
}

/** A selector that is made of the values of others: of those of one row, or of those that aggregates came to. */
export abstract class CompositeSelector extends Selector {
  protected readonly parts: readonly Selector[];
  private readonly aggregates: boolean;
  private readonly terminal: boolean;

  constructor(parts: readonly Selector[]) {
    super();
    this.parts = parts;
    this.aggregates = parts.some((part) => part.isAggregate);
    this.terminal = parts.every((part) => part.isTerminal);
  }

  override get isAggregate(): boolean {
    return this.aggregates;
  }

  override get isTerminal(): boolean {
    return this.terminal;
  }

  /** Appends what the values of the parts make; false for null. */
  protected abstract combine(values: readonly (Uint8Array | null)[], binding: Binding, out: ByteWriter): boolean;

  override write(row: SelectedRow, binding: Binding, out: ByteWriter): boolean {
    return this.combine(
      this.parts.map((part) => selectedBytes(part, row, binding)),
      binding,
      out,
    );
  }

  override collect(binding: Binding): Collected {
    if (!this.aggregates) return super.collect(binding);
    const collected = this.parts.map((part) => part.collect(binding));
    return {
      add: (row) => {
        for (const part of collected) part.add(row);
      },
      finish: (out) => {
        const values = collected.map((part) => {
          const own = new ByteWriter(32);
          return part.finish(own) ? own.toBytes() : null;
        });
        return this.combine(values, binding, out);
      },
    };
  }

  override check(binding: Binding): void {
    if (this.isTerminal) this.write(NO_ROW, binding, new ByteWriter(32));
    else for (const part of this.parts) part.check(binding);
  }
}
