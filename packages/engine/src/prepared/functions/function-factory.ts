import type { CqlType, TableMetadata } from '@cassette/cql';
import type { Argument } from './argument.ts';
import type { FunctionParameter } from './function-parameter.ts';
import type { NativeFunction } from './native-function.ts';

/** What the result of a call is for. */
export interface Receiver {
  /** The table that the statement is about, if it is about one. */
  readonly table: TableMetadata | undefined;
  /** The type that is wanted; undefined in a selection. */
  readonly type: CqlType | undefined;
}

/** Makes functions for the types that they are called with; a sentence says why there is none. Cassandra: functions.FunctionFactory. */
export interface FunctionFactory {
  readonly name: string;
  functionFor(args: readonly Argument[], receiver: Receiver): NativeFunction | string;
}

/** A factory whose functions depend on the types of their arguments. */
export function factory(
  name: string,
  parameters: readonly FunctionParameter[],
  make: (types: readonly CqlType[], receiver: CqlType | undefined) => NativeFunction | string,
): FunctionFactory {
  const signature = `system.${name}(${parameters.map((parameter) => parameter.text).join(', ')})`;
  const mandatory = parameters.filter((parameter) => parameter.isOptional !== true).length;
  return {
    name,
    functionFor(args, { type }) {
      if (args.length < mandatory || args.length > parameters.length) {
        return `Invalid number of arguments for function ${signature}`;
      }
      // What the arguments tell of themselves, then what they tell of each other.
      const types = args.map((argument, i) => parameters[i].infer(argument, type));
      for (const [i, argument] of args.entries()) {
        const inferred = parameters[i].infer(argument, type, types);
        if (inferred === undefined) {
          return `Cannot infer type of argument ${argument.text} in call to function ${signature}: use type casts to disambiguate`;
        }
        const wanted = parameters[i].refusal(inferred);
        if (wanted !== null) {
          return `Function system.${name} requires ${wanted}, but found argument ${argument.text} of type ${inferred}`;
        }
        types[i] = inferred;
      }
      return make(types as readonly CqlType[], type);
    },
  };
}
