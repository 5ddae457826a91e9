import type { ByteWriter } from '@cassette/bytes';
import { type CqlType, InvalidRequestError, type Place, pointedAt } from '@cassette/cql';
import type { ColumnSpec } from '../../result/index.ts';
import { type Binding, encodeParameter, TermState } from '../binding.ts';

/** A term of a statement that is planned: it knows its type and becomes bytes for each execution. Cassandra: cql3.Term. */
export interface BoundTerm {
  readonly type: CqlType;
  /** Where it is written: what errors of its value point at. */
  readonly where: Place;
  /** Set where the value is known without parameters: its bytes, or null. */
  readonly constant?: Uint8Array | null;
  /** Appends the value's bytes; appends nothing for null and unset. */
  write(binding: Binding, out: ByteWriter): TermState;
}

/** A value known at planning. */
export class ConstantTerm implements BoundTerm {
  readonly type: CqlType;
  readonly where: Place;
  readonly constant: Uint8Array | null;

  constructor(type: CqlType, where: Place, constant: Uint8Array | null) {
    this.type = type;
    this.where = where;
    this.constant = constant;
  }

  write(_binding: Binding, out: ByteWriter): TermState {
    if (this.constant === null) return TermState.NULL;
    out.bytesOf(this.constant, 0, this.constant.length);
    return TermState.VALUE;
  }
}

/** A bind marker. */
export class MarkerTerm implements BoundTerm {
  readonly type: CqlType;
  readonly where: Place;
  private readonly index: number;
  private readonly spec: ColumnSpec;

  constructor(index: number, spec: ColumnSpec, where: Place) {
    this.type = spec.type;
    this.where = where;
    this.index = index;
    this.spec = spec;
  }

  write(binding: Binding, out: ByteWriter): TermState {
    try {
      return encodeParameter(this.spec, binding.values[this.index], out);
    } catch (error) {
      throw pointedAt(error, this.where);
    }
  }
}

/** The error of a part of a key that is null or unset. */
export function missingKeyValue(state: TermState, column: string, type: CqlType, where: Place): InvalidRequestError {
  const message =
    state === TermState.NULL
      ? `Invalid null value in condition for column ${column} of type ${type}: what is part of the primary key must have a value`
      : `Invalid unset value for column ${column} of type ${type}: what is part of the primary key must have a value`;
  return new InvalidRequestError(message, where, { columnName: column, type: type.cqlName() });
}
/** Makes errors of `run` point at `where`, but for those that point already. */
export function pointing(where: Place, run: () => void): void {
  try {
    run();
  } catch (error) {
    throw pointedAt(error, where);
  }
}
