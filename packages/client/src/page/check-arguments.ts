// What a page passes, looked at before it travels: a wrong argument is told by name, and to its own caller only.

import { CassetteError } from '@cassette/bytes';
import { InvalidRequestError } from '@cassette/cql';
import { checkAborted, durabilityForms, isDurability, microseconds, pageStateBytes } from '@cassette/engine';
import type { CallOptions } from '../wire/calls.ts';

const only = (type: string) => (value: unknown) => (typeof value === type ? value : null);
const isBoolean = only('boolean');
const isNumber = only('number');
const isText = only('string');

/** The options that travel with a call: what each has to be, and how it is read: null for what it may not be. */
const callOptions: Readonly<Record<keyof CallOptions, readonly [string, (value: unknown) => unknown]>> = {
  prepare: ['a boolean', isBoolean],
  fetchSize: ['a number of rows', isNumber],
  pagesIfPossible: ['a boolean', isBoolean],
  pageState: ['the pageState of a result, bytes or their hexadecimal text', pageStateBytes],
  timestamp: ['a whole number or bigint of microseconds', microseconds],
  keyspace: ['the name of a keyspace', isText],
  nowInSeconds: ['a number of seconds', isNumber],
  logged: ['a boolean', isBoolean],
  counter: ['a boolean', isBoolean],
  tracing: ['a boolean', isBoolean],
  durability: [durabilityForms, (value) => (isDurability(value) ? value : null)],
};

/**
 * The known options of a call. Others are left behind, as those of the Node driver that have no meaning here (`consistency`,
 * `hints`); null says as much as nothing. Throws CassetteError INVALID_OPTION.
 */
export function checkedCallOptions(given: unknown): CallOptions | undefined {
  if (given === undefined || given === null) return undefined;
  if (typeof given !== 'object') throw invalidOption('options', 'an object', given);
  let checked: Record<string, unknown> | undefined;
  for (const [name, [what, read]] of Object.entries(callOptions)) {
    const value = (given as Record<string, unknown>)[name];
    if (value === undefined || value === null) continue;
    const taken = read(value);
    if (taken === null) throw invalidOption(name, what, value);
    checked ??= {};
    checked[name] = taken;
  }
  return checked as CallOptions | undefined;
}

/** The signal that ends a call, of its options. Throws CassetteError INVALID_OPTION for what is none, AbortedError where it has ended already. */
export function checkedSignal(what: string, options: unknown): AbortSignal | undefined {
  const signal = signalOf(options);
  checkAborted(what, signal);
  return signal;
}

/** The same for calls that have something to give back where it has ended already. */
export function signalOf(options: unknown): AbortSignal | undefined {
  const { signal } = (options ?? {}) as { signal?: AbortSignal | null };
  if (signal === undefined || signal === null) return undefined;
  if (typeof signal.addEventListener !== 'function') throw invalidOption('signal', 'an AbortSignal', signal);
  return signal;
}

/** Throws CassetteError INVALID_OPTION, naming the option, for options that can't be sent to the worker. */
export function checkSendable(given: unknown, what: string): void {
  if (given === undefined) return;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw invalidOption(what, 'an object', given);
  for (const [name, value] of Object.entries(given)) {
    try {
      structuredClone(value);
    } catch (cause) {
      throw invalidOption(`${what}.${name}`, 'plain data, for it is sent to the worker', value, cause);
    }
  }
}

/** Throws InvalidRequestError for what is no CQL text. */
export function checkQuery(query: unknown, call: string): void {
  checkText(query, call, 'CQL');
}

/** Throws InvalidRequestError for what is no string. */
export function checkText(text: unknown, call: string, what: string): void {
  if (typeof text !== 'string') throw new InvalidRequestError(`${call} takes ${what} as a string, not ${named(text)}`);
}

/** Throws InvalidRequestError for parameters that are neither an array nor an object. None, or null, is fine. */
export function checkParams(params: unknown, call: string): void {
  if (params !== undefined && typeof params !== 'object') {
    throw new InvalidRequestError(`${call} takes parameters as an array or an object, not ${named(params)}`);
  }
}

/** Throws InvalidRequestError unless these are rows of parameters for that call; `data`: what the error has besides the row's number. */
export function checkRows(
  rows: unknown,
  call = 'executeMany()',
  data: Readonly<Record<string, unknown>> = { rowsWritten: 0 },
): void {
  if (!Array.isArray(rows)) throw new InvalidRequestError(`${call} takes an array of rows, not ${named(rows)}`);
  const wrong = rows.findIndex((row) => typeof row !== 'object' || row === null);
  if (wrong >= 0) {
    throw new InvalidRequestError(
      `Row ${wrong}: ${call} takes a row as an array or an object, not ${named(rows[wrong])}`,
      undefined,
      { row: wrong, ...data },
    );
  }
}

/** The statements of a batch, each with its parameters. Throws InvalidRequestError. */
export function checkedBatch(queries: unknown): { query: string; params?: unknown }[] {
  if (!Array.isArray(queries)) throw new InvalidRequestError(`batch() takes an array of statements, not ${named(queries)}`);
  return queries.map((item: unknown) => {
    const listed = typeof item === 'object' && item !== null ? (item as { query: string; params?: unknown }) : { query: item };
    checkQuery(listed.query, 'A statement of batch()');
    const { query, params } = listed as { query: string; params?: unknown };
    checkParams(params, 'A statement of batch()');
    return params === undefined || params === null ? { query } : { query, params };
  });
}

/** Throws InvalidRequestError for what are no encoded mutations. */
export function checkMutations(mutations: unknown): void {
  for (const item of Array.isArray(mutations) ? mutations : [mutations]) {
    if (item instanceof Uint8Array) continue;
    throw new InvalidRequestError(`write() takes encoded mutations, a Uint8Array or an array of them, not ${named(item)}`);
  }
}

/** The error for an option of the wrong type. */
export function invalidOption(option: string, what: string, value: unknown, cause?: unknown): CassetteError {
  return new CassetteError('INVALID_OPTION', `${option} has to be ${what}, not ${named(value)}`, { option }, cause);
}

/** A value as an error names it: short, and without running code of its own. */
function named(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
    case 'function':
      return 'a function';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? 'an array' : 'an object';
    default:
      return String(value);
  }
}
