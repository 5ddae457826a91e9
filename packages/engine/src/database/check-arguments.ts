// What callers pass, looked at before anything is done with it: much of it comes from JavaScript, through no compiler.

import { InvalidRequestError } from '@cassette/cql';
import { invalidOption, named } from '../config/check-config.ts';
import { durabilityForms, isDurability } from '../config/durability.ts';
import { checkKnown } from '../config/known-options.ts';
import type { SubscribeOptions, SubscriptionListener } from '../live/index.ts';
import type { BatchQuery, DatabaseOptions, ExecuteOptions, Params } from './database-options.ts';
import { microseconds, pageStateBytes } from './driver-options.ts';

const only = (test: (value: unknown) => boolean) => (value: unknown) => (test(value) ? value : null);
const count = only((value) => Number.isSafeInteger(value) && (value as number) >= 0);

/** What each option has to be, and how it is read: null for what it may not be. */
const rules: Readonly<Record<string, readonly [what: string, read: (value: unknown) => unknown]>> = {
  fetchSize: ['a whole number of rows, 0 for all of them', count],
  pagesIfPossible: ['true or false', only((value) => typeof value === 'boolean')],
  pageState: ['the pageState of a result, bytes or their hexadecimal text', pageStateBytes],
  timestamp: ['a whole number or bigint of microseconds', microseconds],
  firstTimestamp: ['a whole number of microseconds', only(Number.isSafeInteger)],
  atOnce: ['true or false', only((value) => typeof value === 'boolean')],
  keyspace: ['the name of a keyspace', only((value) => typeof value === 'string')],
  nowInSeconds: ['a whole number of seconds since 1970', count],
  durability: [durabilityForms, only(isDurability)],
  defaultDurability: [durabilityForms, only(isDurability)],
  tracing: ['true or false', only((value) => typeof value === 'boolean')],
  onProgress: ['a function', only((value) => typeof value === 'function')],
  signal: ['an AbortSignal', only(isSignal)],
};

function isSignal(value: unknown): boolean {
  return hasMethod(value, 'addEventListener') && typeof (value as AbortSignal).aborted === 'boolean';
}

/** Throws CassetteError INVALID_OPTION for what is no signal that ends a call; undefined is fine. */
export function checkSignal(signal: unknown): asserts signal is AbortSignal | undefined {
  if (signal !== undefined && !isSignal(signal)) throw invalidOption('signal', 'an AbortSignal', signal);
}

/** The same for who looks on while an export or an import runs, and ends it; null says as much as nothing. */
export function checkHooks(hooks: { readonly signal?: unknown; readonly onProgress?: unknown } | null | undefined): void {
  checkSignal(hooks?.signal ?? undefined);
  const onProgress = hooks?.onProgress ?? undefined;
  if (onProgress !== undefined && typeof onProgress !== 'function') throw invalidOption('onProgress', 'a function', onProgress);
}

/** Options with those that the Node driver has several forms for in one of them. */
export type CheckedOptions<T extends ExecuteOptions = ExecuteOptions> = Omit<T, 'pageState' | 'timestamp'> & {
  readonly pageState?: Uint8Array;
  /** Microseconds. */
  readonly timestamp?: number | bigint;
};

const NONE: CheckedOptions = {};

/**
 * Options of a call, without those that are null or undefined: they say as much as nothing. Those that are not ours (of a
 * driver: `consistency`, `hints`) are left alone. Throws CassetteError INVALID_OPTION, naming the option.
 */
export function checkedOptions<T extends ExecuteOptions>(given: T | null | undefined): CheckedOptions<T> {
  if (given === undefined || given === null) return NONE as CheckedOptions<T>;
  if (typeof given !== 'object') throw invalidOption('options', 'an object', given);
  const checked: Record<string, unknown> = {};
  // By what was given and not by what may be: most calls give one or two.
  for (const name of Object.keys(given)) {
    const value = (given as unknown as Readonly<Record<string, unknown>>)[name];
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined) {
      checked[name] = value;
      continue;
    }
    if (value === undefined || value === null) continue;
    const taken = rule[1](value);
    if (taken === null) throw invalidOption(name, rule[0], value);
    checked[name] = taken;
  }
  return checked as unknown as CheckedOptions<T>;
}

/** Throws InvalidRequestError for what is no CQL text. */
export function checkQuery(query: unknown, call: string): asserts query is string {
  if (typeof query !== 'string') throw new InvalidRequestError(`${call} takes CQL as a string, not ${named(query)}`);
}

/** Rows of parameters for a call of that name. Throws InvalidRequestError for what gives none. */
export function checkedRows(rows: unknown, call = 'executeMany'): Iterable<Params> {
  if (typeof rows === 'object' && rows !== null && Symbol.iterator in rows) return rows as Iterable<Params>;
  throw new InvalidRequestError(`${call} takes rows as an array or another iterable, not ${named(rows)}`);
}

/** The statements of a batch, each with its parameters. Throws InvalidRequestError. */
export function checkedBatch(queries: unknown): BatchQuery[] {
  if (!Array.isArray(queries)) throw new InvalidRequestError(`batch takes an array of statements, not ${named(queries)}`);
  return queries.map((item: unknown) => {
    const listed = typeof item === 'object' && item !== null ? (item as BatchQuery) : { query: item };
    checkQuery(listed.query, 'A statement of batch');
    return listed as BatchQuery;
  });
}

/** What follows the query of `subscribe`. Throws InvalidRequestError for what is no listener, CassetteError INVALID_OPTION. */
export function subscribeArguments(rest: readonly unknown[]): {
  params: Params | null | undefined;
  options: SubscribeOptions;
  listener: SubscriptionListener;
} {
  const listener = rest[rest.length - 1];
  if (typeof listener !== 'function')
    throw new InvalidRequestError(`subscribe takes a listener at the end, not ${named(listener)}`);
  const [params, options] = rest.slice(0, -1);
  if (options !== undefined && options !== null && typeof options !== 'object')
    throw invalidOption('options', 'an object', options);
  checkKnown(options, ['keyspace', 'maxRows', 'onError', 'signal'], 'subscribe');
  const { onError, signal } = (options ?? {}) as SubscribeOptions;
  if (onError !== undefined && typeof onError !== 'function') throw invalidOption('onError', 'a function', onError);
  checkSignal(signal ?? undefined);
  return {
    params: params as Params | null | undefined,
    options: (options ?? {}) as SubscribeOptions,
    listener: listener as SubscriptionListener,
  };
}

/** Throws CassetteError INVALID_OPTION for options of pages: each answer of `selectMany` is whole. */
export function checkUnpaged({ fetchSize = 0, pageState }: CheckedOptions): void {
  const whole = 'left out: selectMany answers without pages';
  if (fetchSize !== 0) throw invalidOption('fetchSize', whole, fetchSize);
  if (pageState !== undefined) throw invalidOption('pageState', whole, pageState);
}

/** Encoded mutations. Throws InvalidRequestError for what are none. */
export function checkedMutations(mutations: unknown): readonly Uint8Array[] {
  const list: readonly unknown[] = Array.isArray(mutations) ? mutations : [mutations];
  for (const item of list) {
    if (item instanceof Uint8Array) continue;
    throw new InvalidRequestError(`write takes encoded mutations, a Uint8Array or an array of them, not ${named(item)}`);
  }
  return list as readonly Uint8Array[];
}

/** All of them: the type says so. */
const openOptions: Readonly<Record<keyof DatabaseOptions, true>> = {
  storage: true,
  encryption: true,
  keyspace: true,
  schema: true,
  durability: true,
  config: true,
  clock: true,
  scheduler: true,
  random: true,
  maintenance: true,
};

/**
 * Throws CassetteError INVALID_OPTION, naming the option, for what `openDatabase` can't take; what is in `config` and `encryption` is looked
 * at later.
 */
export function checkDatabaseOptions(given: unknown): asserts given is DatabaseOptions {
  if (typeof given !== 'object' || given === null) throw invalidOption('The argument of openDatabase', 'an object', given);
  const { storage, keyspace, schema, durability, config, maintenance } = given as Readonly<Record<string, unknown>>;
  if (!hasMethod(storage, 'acquire')) throw invalidOption('storage', 'a Storage: new MemoryStorage(), for instance', storage);
  // A misspelt `encryption` would else keep everything in plain text, and say nothing.
  checkKnown(given, Object.keys(openOptions), 'openDatabase');
  if (keyspace !== undefined && (typeof keyspace !== 'string' || keyspace === '')) {
    throw invalidOption('keyspace', 'the name of a keyspace', keyspace);
  }
  if (maintenance !== undefined && typeof maintenance !== 'function') {
    throw invalidOption('maintenance', 'a function that starts a worker', maintenance);
  }
  if (schema !== undefined && typeof schema !== 'string') throw invalidOption('schema', 'CQL as a string', schema);
  if (durability !== undefined && !isDurability(durability)) throw invalidOption('durability', durabilityForms, durability);
  // Before `durability` is put into it: whatever it is, it would be an object then.
  if (config !== undefined && (typeof config !== 'object' || config === null || Array.isArray(config))) {
    throw invalidOption('config', 'an object', config);
  }
}

/** Throws CassetteError INVALID_OPTION for what takes no bytes. */
export function checkSink(sink: unknown): void {
  if (!hasMethod(sink, 'write'))
    throw invalidOption('The sink of an export', 'an object with write(bytes), or a WritableStream', sink);
}

function hasMethod(object: unknown, name: string): boolean {
  return typeof object === 'object' && object !== null && typeof (object as Record<string, unknown>)[name] === 'function';
}
