import { type ColumnMetadata, type CqlType, InvalidRequestError, nativeTypes } from '@cassette/cql';
import { TermState } from '../prepared/binding.ts';
import { decodeNumber, numberType } from '../prepared/functions/index.ts';
import { TermOperation } from './operation.ts';
import type { RowWriter } from './row-writer.ts';

/** Whether values of the type can be added to: numbers and text. */
export function isAddable(type: CqlType): boolean {
  return numberType(type) !== undefined || type === nativeTypes.text || type === nativeTypes.ascii;
}

/**
 * `c = c + v` of a number or of text, which a statement may say whose IF has read the row anyway; nothing where there is no value yet.
 * Cassandra: Constants.Adder.
 */
export class AddValue extends TermOperation {
  override get requiresRead(): boolean {
    return true;
  }

  protected executeWith(writer: RowWriter, state: TermState, from: number): void {
    const { column, term } = this;
    if (state !== TermState.VALUE) throw new InvalidRequestError(`Invalid null value to add to ${column.name}`, term.where);
    const increment = writer.out.buffer.slice(from, writer.out.length);
    const current = writer.currentValue(column);
    writer.nameColumn(column);
    if (current === null) return;
    const at = writer.out.length;
    this.put(column, current, increment, writer);
    writer.cell(column, at);
  }

  private put({ type }: ColumnMetadata, current: Uint8Array, increment: Uint8Array, { out }: RowWriter): void {
    const number = numberType(type);
    if (number === undefined) {
      out.bytes(current);
      out.bytes(increment);
      return;
    }
    const [a, b] = [decodeNumber(number, current), decodeNumber(number, increment)];
    if (a === null || b === null) throw new InvalidRequestError('An empty value can not be added to', this.term.where);
    type.encode(number.operate('+', a, b), out);
  }
}
