import type { CqlType } from '@cassette/cql';
import type { Binding } from '../binding.ts';

/** What all functions are. Cassandra: functions.Function. */
interface FunctionShape {
  /** The name as Cassandra 5.0 has it, or the one of the past that it was asked for by. */
  readonly name: string;
  readonly argumentTypes: readonly CqlType[];
  readonly returnType: CqlType;
  /** The name of a result column, where it is not `system.name(arguments)`. */
  readonly columnName?: (args: readonly string[]) => string;
}

/** A function of encoded values. Cassandra: functions.ScalarFunction. */
export interface ScalarFunction extends FunctionShape {
  readonly isAggregate?: false;
  /** Whether the same arguments may give something else another time: now(). */
  readonly isVolatile?: boolean;
  /** Whether results never go down where the first argument goes up, so that rows may be grouped by it; `given`: the arguments that are constants. */
  readonly isMonotonic?: (given: readonly boolean[]) => boolean;
  /** Looks at the arguments that are constants (undefined: the others) before there is a row. Throws InvalidRequestError. Cassandra: ScalarFunction#partialApplication. */
  checkConstants?(args: readonly (Uint8Array | null | undefined)[]): void;
  /** Null stands for null, both ways. Throws FunctionFailure or InvalidRequestError. */
  call(args: readonly (Uint8Array | null)[], binding: Binding): Uint8Array | null;
}

/** A function of the values of many rows. Cassandra: functions.AggregateFunction. */
export interface AggregateFunction extends FunctionShape {
  readonly isAggregate: true;
  /** A new state, of no rows. */
  aggregate(): Aggregate;
}

/** What an aggregate has seen of its rows. Cassandra: AggregateFunction.Aggregate. */
export interface Aggregate {
  add(value: Uint8Array | null): void;
  /** The result, null for null. */
  result(): Uint8Array | null;
}

/** A function that a call may mean. */
export type NativeFunction = ScalarFunction | AggregateFunction;

/** The name of the result column of a call. */
export function columnNameOf(called: NativeFunction, args: readonly string[]): string {
  return called.columnName?.(args) ?? `system.${called.name}(${args.join(', ')})`;
}
