import { aggregateFunctions, extremeFactories } from './aggregate-functions.ts';
import { blobFunctions } from './blob-functions.ts';
import { castFunctions } from './casts.ts';
import { collectionFunctions } from './collection-functions.ts';
import type { FunctionFactory } from './function-factory.ts';
import { jsonFunctions } from './json-functions.ts';
import { maskingFunctions } from './masking/masking-functions.ts';
import { mathFunctions } from './math-functions.ts';
import type { NativeFunction } from './native-function.ts';
import { operationFunctions } from './operation-functions.ts';
import { timeFunctions } from './time-functions.ts';
import { tokenFactory } from './token-function.ts';
import { vectorFunctions } from './vector-functions.ts';

/** All functions there are. Cassandra: functions.NativeFunctions. */
class NativeFunctions {
  private readonly functions = new Map<string, NativeFunction[]>();
  private readonly factories = new Map<string, FunctionFactory[]>();

  constructor() {
    for (const one of [
      ...castFunctions(),
      ...timeFunctions(),
      ...operationFunctions(),
      ...aggregateFunctions(),
      ...blobFunctions(),
      ...mathFunctions(),
    ]) {
      add(this.functions, one);
    }
    for (const one of [
      tokenFactory,
      ...jsonFunctions(),
      ...extremeFactories(),
      ...collectionFunctions(),
      ...maskingFunctions(),
      ...vectorFunctions(),
    ]) {
      add(this.factories, one);
    }
  }

  /** The overloads of that name. */
  overloads(name: string): readonly NativeFunction[] {
    return this.functions.get(name) ?? [];
  }

  /** What makes functions of that name. */
  factoriesOf(name: string): readonly FunctionFactory[] {
    return this.factories.get(name) ?? [];
  }
}

function add<T extends { readonly name: string }>(to: Map<string, T[]>, one: T): void {
  const known = to.get(one.name);
  if (known === undefined) to.set(one.name, [one]);
  else known.push(one);
}

let made: NativeFunctions | undefined;

/** The functions; made when one is first asked for, since most statements call none. */
export function nativeFunctions(): NativeFunctions {
  made ??= new NativeFunctions();
  return made;
}
