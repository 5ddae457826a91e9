import type { CqlType, QualifiedName } from '@cassette/cql';
import { type Argument, allFits, type Fit, valueFit } from './argument.ts';
import type { Receiver } from './function-factory.ts';
import { operatorNames } from './math/number-types.ts';
import type { NativeFunction } from './native-function.ts';
import { nativeFunctions } from './native-functions.ts';
import { NEGATION } from './operation-functions.ts';

/** What a name and arguments may mean: a function, undefined for none of that name, or a sentence that says why no function of that name will do. */
export type FoundFunction = NativeFunction | string | undefined;

const NATIVE_KEYSPACE = 'system';
const operators: ReadonlyMap<string, string> = new Map(Object.entries(operatorNames).map(([symbol, name]) => [name, symbol]));

/**
 * The function of that name that the arguments fit. Literals fit many types, so what they are taken for is decided here.
 * Cassandra: functions.FunctionResolver.
 */
export function findFunction(
  name: Pick<QualifiedName, 'keyspace' | 'name'>,
  args: readonly Argument[],
  receiver: Receiver,
): FoundFunction {
  if (name.keyspace !== null && name.keyspace !== NATIVE_KEYSPACE) return undefined;
  const known = nativeFunctions();
  const candidates: NativeFunction[] = [...known.overloads(name.name)];
  for (const factory of known.factoriesOf(name.name)) {
    const made = factory.functionFor(args, receiver);
    if (typeof made === 'string') return made;
    candidates.push(made);
  }
  if (candidates.length === 0) return undefined;
  return candidates.length === 1 ? theOnly(candidates[0], args) : bestOf(name.name, candidates, args, receiver.type);
}

/** Whether functions of that name depend on the types of their arguments. */
export function isMadeForArguments(name: string): boolean {
  return nativeFunctions().factoriesOf(name).length > 0;
}

/** Where there is nothing to choose the message can say which argument is wrong. */
function theOnly(candidate: NativeFunction, args: readonly Argument[]): NativeFunction | string {
  const { name, argumentTypes } = candidate;
  if (argumentTypes.length !== args.length) {
    return `Invalid number of arguments in call to function system.${name}: ${argumentTypes.length} required but ${args.length} provided`;
  }
  const wrong = args.findIndex((argument, i) => argument.fit(argumentTypes[i]) === 'none');
  if (wrong < 0) return candidate;
  return `Type error: ${args[wrong].text} cannot be passed as argument ${wrong} of function system.${name} of type ${argumentTypes[wrong]}`;
}

function bestOf(
  name: string,
  candidates: readonly NativeFunction[],
  args: readonly Argument[],
  wanted: CqlType | undefined,
): NativeFunction | string {
  const weak: NativeFunction[] = [];
  for (const candidate of candidates) {
    if (wanted !== undefined && valueFit(candidate.returnType, wanted) === 'none') continue;
    const match = matchOf(candidate, args);
    if (match === 'exact') return candidate;
    if (match === 'weak') weak.push(candidate);
  }
  if (weak.length === 1) return weak[0];
  const operator = operators.get(name);
  if (weak.length === 0) {
    if (operator !== undefined) return `the '${operator}' operation is not supported between ${args[0].text} and ${args[1].text}`;
    return `Invalid call to function system.${name}, none of its type signatures match (known type signatures: ${signatures(candidates)})`;
  }
  if (operator !== undefined) {
    const same = args.some((argument) => argument.isMarker)
      ? undefined
      : weak.find(({ argumentTypes }) => wanted !== undefined && argumentTypes.every((type) => type.equals(wanted)));
    if (same !== undefined) return same;
    return `Ambiguous '${operator}' operation with args ${args[0].text} and ${args[1].text}: use type hint to disambiguate, example '(int) ?'`;
  }
  if (name === NEGATION) return 'Ambiguous negation: use type casts to disambiguate';
  return `Ambiguous call to function system.${name} (can be matched by following signatures: ${signatures(weak)}): use type casts to disambiguate`;
}

function matchOf({ argumentTypes }: NativeFunction, args: readonly Argument[]): Fit {
  if (argumentTypes.length !== args.length) return 'none';
  return allFits(args.map((argument, i) => argument.fit(argumentTypes[i])));
}

function signatures(functions: readonly NativeFunction[]): string {
  return functions.map((f) => `system.${f.name} : (${f.argumentTypes.join(', ')}) -> ${f.returnType}`).join(', ');
}
