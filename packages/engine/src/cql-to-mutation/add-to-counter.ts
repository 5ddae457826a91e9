import {
  type ColumnMetadata,
  CounterType,
  InvalidRequestError,
  printTerm,
  type TableMetadata,
  type UpdateOperation,
} from '@cassette/cql';
import { putIncrement } from '../counters/counter-context.ts';
import { TermState } from '../prepared/binding.ts';
import { receiver, type StatementContext } from '../prepared/statement-context.ts';
import { type BoundTerm, prepareTerm } from '../prepared/terms/index.ts';
import { TermOperation } from './operation.ts';
import type { RowWriter } from './row-writer.ts';

/** `c = c + n` and `c = c - n` of a counter. Cassandra: Constants.Adder and Constants.Substracter. */
export class AddToCounter extends TermOperation {
  private readonly sign: '+' | '-';

  constructor(column: ColumnMetadata, term: BoundTerm, sign: '+' | '-') {
    super(column, term);
    this.sign = sign;
  }

  protected executeWith(writer: RowWriter, state: TermState, from: number): void {
    const { out } = writer;
    const { column, term, sign } = this;
    if (state === TermState.NULL) throw new InvalidRequestError('Invalid null value for counter increment', term.where);
    if (state === TermState.UNSET) {
      writer.nameColumn(column);
      return;
    }
    if (out.length - from !== 8) {
      throw new InvalidRequestError(`An increment of ${column.name} has 8 bytes, not ${out.length - from}`, term.where);
    }
    const view = new DataView(out.buffer.buffer, out.buffer.byteOffset);
    let hi = view.getInt32(from);
    let lo = view.getInt32(from + 4);
    if (sign === '-') {
      if (hi === -0x80000000 && lo === 0) {
        throw new InvalidRequestError(
          'The negation of -9223372036854775808 overflows supported counter precision (signed 8 bytes integer)',
          term.where,
        );
      }
      lo = -lo | 0;
      hi = lo === 0 ? -hi | 0 : ~hi;
    }
    const at = out.length;
    putIncrement(hi, lo, out);
    writer.cell(column, at);
  }
}

/** Plans what UPDATE does to a counter; null for what it does to no counter. Throws InvalidRequestError. */
export function prepareToCounter(
  context: StatementContext,
  table: TableMetadata,
  column: ColumnMetadata,
  update: UpdateOperation,
): AddToCounter | null {
  const { name, type } = column;
  if (!(type instanceof CounterType)) return null;
  switch (update.kind) {
    case 'set':
      throw context.invalid(
        `Cannot set the value of counter column ${name} (counters can only be incremented/decremented, not set)`,
        update.pos,
      );
    case 'add':
    case 'subtract':
      return new AddToCounter(
        column,
        prepareTerm(context, receiver(table, name, type), update.value),
        update.kind === 'add' ? '+' : '-',
      );
    case 'prepend':
      throw context.invalid(
        `Invalid operation (${name} = ${printTerm(update.value)} + ${name}) for counter column ${name}`,
        update.pos,
      );
    default:
      return null;
  }
}
