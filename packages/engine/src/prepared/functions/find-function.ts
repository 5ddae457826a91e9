import type { CqlType } from '@cassette/cql';
import { type ScalarFunction, scalarFunctions } from './scalar-functions.ts';

/** How well something fits a type. Cassandra: AssignmentTestable.TestResult. */
export type Fit = 'exact' | 'weak' | 'none';

/** What a function is called with: how well it fits a type. */
export type Argument = (type: CqlType) => Fit;

/** Types whose values are, as bytes, values of another type (by its name) too. Cassandra: AbstractType#isValueCompatibleWith. */
const compatible: Readonly<Record<string, readonly string[]>> = {
  text: ['ascii'],
  uuid: ['timeuuid'],
  bigint: ['timestamp'],
  timestamp: ['bigint'],
  varint: ['int', 'bigint', 'timestamp'],
  date: ['int'],
  time: ['bigint'],
};

/** How well values of one type fit another. Cassandra: AbstractType#testAssignment. */
export function valueFit(from: CqlType, to: CqlType): Fit {
  if (from.freeze().equals(to.freeze())) return 'exact';
  const target = to.cqlName();
  return target === 'blob' || compatible[target]?.includes(from.cqlName()) ? 'weak' : 'none';
}

/**
 * The function of that name that these arguments fit, or a sentence that says why there is none. `wanted`: the type that its result
 * must fit, where one is known. Cassandra: functions.FunctionResolver.
 */
export function findFunction(name: string, args: readonly Argument[], wanted?: CqlType): ScalarFunction | string {
  const candidates = scalarFunctions(name);
  if (candidates.length === 0) return `Unknown function '${name}'`;
  if (candidates.length === 1) return theOnly(candidates[0], args);
  const weak: ScalarFunction[] = [];
  for (const candidate of candidates) {
    if (wanted !== undefined && valueFit(candidate.returnType, wanted) === 'none') continue;
    const match = matchOf(candidate, args);
    if (match === 'exact') return candidate;
    if (match === 'weak') weak.push(candidate);
  }
  if (weak.length === 1) return weak[0];
  return weak.length === 0
    ? `Invalid call to function ${name}, none of its type signatures match (known type signatures: ${signatures(candidates)})`
    : `Ambiguous call to function ${name} (can be matched by following signatures: ${signatures(weak)}): use type casts to disambiguate`;
}

/** Where there is nothing to choose the message can say which argument is wrong. */
function theOnly(candidate: ScalarFunction, args: readonly Argument[]): ScalarFunction | string {
  const { name, argumentTypes } = candidate;
  if (argumentTypes.length !== args.length) {
    return `Invalid number of arguments in call to function ${name}: ${argumentTypes.length} required but ${args.length} provided`;
  }
  const wrong = args.findIndex((arg, i) => arg(argumentTypes[i]) === 'none');
  if (wrong >= 0) return `Type error: argument ${wrong} of function ${name} must be of type ${argumentTypes[wrong]}`;
  return candidate;
}

function matchOf({ argumentTypes }: ScalarFunction, args: readonly Argument[]): Fit {
  if (argumentTypes.length !== args.length) return 'none';
  const fits = args.map((arg, i) => arg(argumentTypes[i]));
  if (fits.includes('none')) return 'none';
  return fits.includes('weak') ? 'weak' : 'exact';
}

function signatures(functions: readonly ScalarFunction[]): string {
  return functions.map((f) => `${f.name} : (${f.argumentTypes.join(', ')}) -> ${f.returnType}`).join(', ');
}
