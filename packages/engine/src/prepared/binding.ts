import type { ByteWriter } from '@cassette/bytes';
import { InvalidRequestError, MapType, nativeTypes, SetType } from '@cassette/cql';
import type { ColumnSpec } from '../result/index.ts';
import { LiteralSlot } from './literal-slot.ts';
import { writeInOrder } from './terms/collection-bytes.ts';
import type { TimeUuidGenerator } from './time-uuid-generator.ts';

/** What statements need of the world while they are executed; one for a database. */
export interface Environment {
  /** Wall clock in seconds: deletion times and expiry. */
  nowInSeconds(): number;
  /** Wall clock in milliseconds: currentTimestamp() and its like. */
  nowInMillis(): number;
  /** Microseconds, never going back: the default timestamp of writes. */
  timestamp(): number;
  /** Fills with random bytes: uuid(). */
  randomBytes(target: Uint8Array): void;
  readonly timeUuids: TimeUuidGenerator;
}

/** The values of one execution. Cassandra: cql3.QueryOptions. */
export interface Binding {
  /** By the index of the bind marker. */
  readonly values: readonly unknown[];
  readonly environment: Environment;
  /** Seconds: what is alive and what has expired is decided at this time. */
  readonly nowInSeconds: number;
}

/** What a term amounts to once it is bound. */
export const TermState = { VALUE: 0, NULL: 1, UNSET: 2 } as const;

/** One of {@link TermState}. */
export type TermState = (typeof TermState)[keyof typeof TermState];

/** Given as a parameter it leaves a column as it is, as `undefined` does. Drivers call it `types.unset`. */
export const unset: unique symbol = Symbol.for('cql.unset') as never;

/**
 * A parameter that is already bytes in the form that Cassandra has for the column's type, e.g. a cell of a ResultSet. The
 * type's `validate` decides whether it is taken.
 */
export class EncodedValue {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** The Node driver's `types.unset`: known by its looks, for the driver is not here. An object of an app is not frozen like this. */
function isDriversUnset(value: object): boolean {
  if (!('unset' in value)) return false;
  return value.unset === true && Object.isFrozen(value) && Object.keys(value).length === 1;
}

/**
 * Appends a parameter as a value of `spec.type`. Throws InvalidRequestError that names the column and the type where it is
 * none; `out` may then hold a part of it.
 */
export function encodeParameter(spec: ColumnSpec, value: unknown, out: ByteWriter): TermState {
  if (value === null) return TermState.NULL;
  if (value === undefined || value === unset) return TermState.UNSET;
  if (typeof value === 'object') {
    if (value instanceof LiteralSlot) {
      if (value.isNull) return TermState.NULL;
      out.bytesOf(value.bytes, value.from, value.to);
      return TermState.VALUE;
    }
    if (isDriversUnset(value)) return TermState.UNSET;
  }
  try {
    if (value instanceof EncodedValue) {
      // What a counter is in files is no value of a statement.
      const type = spec.type === nativeTypes.counter ? nativeTypes.bigint : spec.type;
      type.validate(value.bytes, 0, value.bytes.length);
      if (spec.type instanceof SetType || spec.type instanceof MapType) writeInOrder(spec.type, value.bytes, out);
      else out.bytes(value.bytes);
    } else {
      spec.type.encode(value, out);
    }
    return TermState.VALUE;
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    const type = spec.type.cqlName();
    // An element of a collection has another type, which the reason must name.
    const { type: wrongType, problem } = error.data;
    const why = wrongType === type && typeof problem === 'string' ? problem : error.reason;
    throw new InvalidRequestError(`Invalid value for ${spec.name} of type ${type}: ${why}`, undefined, {
      columnName: spec.name,
      type,
    });
  }
}
