import { ByteReader } from '@cassette/bytes';
import { type ColumnMetadata, InvalidRequestError } from '@cassette/cql';
import { type Binding, TermState } from '../prepared/binding.ts';
import { type BoundTerm, type ElementRange, readElement } from '../prepared/terms/index.ts';
import type { RowWriter } from './row-writer.ts';

/** One thing a statement does to one column. Cassandra: cql3.Operation. */
export abstract class Operation {
  readonly column: ColumnMetadata;
  /** Whether the row must be read first. */
  get requiresRead(): boolean {
    return false;
  }

  constructor(column: ColumnMetadata) {
    this.column = column;
  }

  /** Leaves its cells in the writer, in the order of their paths. Throws InvalidRequestError before it leaves any. */
  abstract execute(writer: RowWriter): void;
}

/** An operation with one value. */
export abstract class TermOperation extends Operation {
  /** The value. */
  readonly term: BoundTerm;

  constructor(column: ColumnMetadata, term: BoundTerm) {
    super(column);
    this.term = term;
  }

  execute(writer: RowWriter): void {
    const from = writer.out.length;
    this.executeWith(writer, writeTerm(writer, this.term), from);
  }

  /** As {@link execute}, once the value is written: to `out[from, now)` where `state` is VALUE. */
  protected abstract executeWith(writer: RowWriter, state: TermState, from: number): void;
}

/** What the writer's terms are bound to. */
export function bindingOf(writer: RowWriter): Binding {
  return writer.binding as Binding;
}

/** Appends a term to the writer's buffer. */
export function writeTerm(writer: RowWriter, term: BoundTerm): TermState {
  return term.write(bindingOf(writer), writer.out);
}

/** Appends a term that must have a value; `what` is for the message. Returns where it begins in `out`. */
export function writeRequired(writer: RowWriter, term: BoundTerm, what: string): number {
  const from = writer.out.length;
  const state = writeTerm(writer, term);
  if (state === TermState.NULL) throw new InvalidRequestError(`Invalid null value for ${what}`, term.where);
  if (state === TermState.UNSET) throw new InvalidRequestError(`Invalid unset ${what}`, term.where);
  return from;
}

/**
 * Reads what was written to `out[from, now)`. What is appended after it may replace the buffer: `bytes` of the reader is the one that
 * the value lies in.
 */
export function written(writer: RowWriter, from: number, what: string): ByteReader {
  const { out } = writer;
  const input = new ByteReader(out.buffer, what);
  input.reset(out.buffer, from, out.length);
  return input;
}

/** The next element of a collection. */
export function nextElement(input: ByteReader): ElementRange {
  const range = readElement(input);
  if (range === null) throw new InvalidRequestError('null is not supported inside collections: leave the element out');
  return range;
}

/** `c = v` of a simple column. Cassandra: Constants.Setter. */
export class SetValue extends TermOperation {
  protected executeWith(writer: RowWriter, state: TermState, from: number): void {
    if (state === TermState.VALUE) writer.cell(this.column, from);
    else if (state === TermState.NULL) writer.tombstone(this.column);
    else writer.nameColumn(this.column);
  }
}

/** `DELETE c`. Cassandra: Constants.Deleter. */
export class DeleteColumn extends Operation {
  execute(writer: RowWriter): void {
    if (this.column.type.isMultiCell) writer.complexDeletion(this.column, false);
    else writer.tombstone(this.column);
  }
}
