// What callers pass, looked at before anything is done with it: much of it comes from JavaScript, through no compiler.

import { InvalidRequestError } from '@cassette/cql';
import { invalidOption, named } from '../config/check-config.ts';
import type { BatchQuery, DatabaseOptions, ExecuteOptions, Params } from './database-options.ts';

const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;

const rules: Readonly<Record<string, readonly [what: string, test: (value: unknown) => boolean]>> = {
  fetchSize: ['a whole number of rows, 0 for all of them', isCount],
  pageState: ['the pageState of a result, bytes', (value) => value instanceof Uint8Array],
  timestamp: [
    'a whole number or bigint of microseconds',
    (value) => (typeof value === 'bigint' ? BigInt.asIntN(64, value) === value : Number.isSafeInteger(value)),
  ],
  keyspace: ['the name of a keyspace', (value) => typeof value === 'string'],
  nowInSeconds: ['a whole number of seconds since 1970', isCount],
  onProgress: ['a function', (value) => typeof value === 'function'],
};

const NONE: ExecuteOptions = {};

/**
 * Options of a call as they are, without those that are null: null says as much as nothing. Those that are not ours (of a
 * driver: `consistency`, `hints`) are left alone. Throws CassetteError INVALID_OPTION, naming the option.
 */
export function checkedOptions<T extends ExecuteOptions>(given: T | null | undefined): T {
  if (given === undefined || given === null) return NONE as T;
  if (typeof given !== 'object') throw invalidOption('options', 'an object', given);
  const values = given as Readonly<Record<string, unknown>>;
  let hasNull = false;
  for (const name of Object.keys(rules)) {
    const value = values[name];
    if (value === undefined) continue;
    if (value === null) {
      hasNull = true;
      continue;
    }
    const [what, test] = rules[name];
    if (!test(value)) throw invalidOption(name, what, value);
  }
  if (!hasNull) return given;
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as unknown as T;
}

/** Throws InvalidRequestError for what is no CQL text. */
export function checkQuery(query: unknown, call: string): asserts query is string {
  if (typeof query !== 'string') throw new InvalidRequestError(`${call} takes CQL as a string, not ${named(query)}`);
}

/** Rows of parameters. Throws InvalidRequestError for what gives none. */
export function checkedRows(rows: unknown): Iterable<Params> {
  if (typeof rows === 'object' && rows !== null && Symbol.iterator in rows) return rows as Iterable<Params>;
  throw new InvalidRequestError(`executeMany takes rows as an array or another iterable, not ${named(rows)}`);
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

/** Encoded mutations. Throws InvalidRequestError for what are none. */
export function checkedMutations(mutations: unknown): readonly Uint8Array[] {
  const list: readonly unknown[] = Array.isArray(mutations) ? mutations : [mutations];
  for (const item of list) {
    if (item instanceof Uint8Array) continue;
    throw new InvalidRequestError(`write takes encoded mutations, a Uint8Array or an array of them, not ${named(item)}`);
  }
  return list as readonly Uint8Array[];
}

/** Throws CassetteError INVALID_OPTION, naming the option, for what `openDatabase` can't take; `config` is looked at later. */
export function checkDatabaseOptions(given: unknown): asserts given is DatabaseOptions {
  if (typeof given !== 'object' || given === null) throw invalidOption('The argument of openDatabase', 'an object', given);
  const { storage, keyspace, schema } = given as Readonly<Record<string, unknown>>;
  if (!hasMethod(storage, 'acquire')) throw invalidOption('storage', 'a Storage: new MemoryStorage(), for instance', storage);
  if (keyspace !== undefined && (typeof keyspace !== 'string' || keyspace === '')) {
    throw invalidOption('keyspace', 'the name of a keyspace', keyspace);
  }
  if (schema !== undefined && typeof schema !== 'string') throw invalidOption('schema', 'CQL as a string', schema);
}

/** Throws CassetteError INVALID_OPTION for what takes no bytes. */
export function checkSink(sink: unknown): void {
  if (!hasMethod(sink, 'write')) throw invalidOption('The sink of an export', 'an object with write(bytes)', sink);
}

function hasMethod(object: unknown, name: string): boolean {
  return typeof object === 'object' && object !== null && typeof (object as Record<string, unknown>)[name] === 'function';
}
