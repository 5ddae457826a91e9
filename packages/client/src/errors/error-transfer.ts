// Errors on their way between worker and page. Comlink passes only name, message and stack; ours keep class, code and data.

import { AssertionError, CassetteError, CorruptionError, PartUnavailableError } from '@cassette/bytes';
import {
  AlreadyExistsError,
  ConfigurationError,
  CqlError,
  CqlSyntaxError,
  FunctionFailureError,
  InvalidRequestError,
  UnauthorizedError,
} from '@cassette/cql';
import { ClosedError, ImportError, MemtableFullError } from '@cassette/engine';
import {
  FileNotFoundError,
  StorageError,
  StorageFullError,
  StorageUnsupportedError,
  StoreLockedError,
} from '@cassette/storage/browser';
import { transferHandlers } from 'comlink';
import { AbortedError, NoOwnerError, OwnerLostError, ProtocolMismatchError, WorkerDiedError } from './client-errors.ts';

/** An error as plain data. */
export interface TransferredError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** Own fields: code, data, protocolCode, file, offset. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly cause: TransferredError | undefined;
}

// By names written out here: a minifier renames the classes themselves.
const classes: Readonly<Record<string, ErrorClass>> = {
  AssertionError,
  CassetteError,
  CorruptionError,
  PartUnavailableError,
  CqlError,
  CqlSyntaxError,
  InvalidRequestError,
  ConfigurationError,
  AlreadyExistsError,
  FunctionFailureError,
  UnauthorizedError,
  FileNotFoundError,
  StorageError,
  StorageFullError,
  StoreLockedError,
  StorageUnsupportedError,
  ClosedError,
  MemtableFullError,
  ImportError,
  AbortedError,
  WorkerDiedError,
  OwnerLostError,
  NoOwnerError,
  ProtocolMismatchError,
};

interface ErrorClass {
  readonly prototype: Error;
}

const names = new Map<object, string>(Object.entries(classes).map(([name, { prototype }]) => [prototype, name]));

/** The name of the nearest class of ours; a subclass that is not known here arrives as what it extends. */
function nameOf(error: Error): string {
  for (let at: object | null = Object.getPrototypeOf(error); at !== null; at = Object.getPrototypeOf(at)) {
    const name = names.get(at);
    if (name !== undefined) return name;
  }
  return error.name;
}

/** Any thrown value as plain data that survives a structured clone. */
export function errorToTransfer(thrown: unknown, depth = 0): TransferredError {
  if (!(thrown instanceof Error))
    return { name: 'Error', message: String(thrown), stack: undefined, fields: {}, cause: undefined };
  const fields: Record<string, unknown> = {};
  if (thrown instanceof CassetteError) {
    for (const [key, value] of Object.entries(thrown)) if (key !== 'name' && key !== 'cause') fields[key] = cloneable(value);
  }
  const cause = thrown.cause !== undefined && depth < 4 ? errorToTransfer(thrown.cause, depth + 1) : undefined;
  return { name: nameOf(thrown), message: thrown.message, stack: thrown.stack, fields, cause };
}

/** A field as it may travel: one that a structured clone can't carry would lose the whole answer, so it goes as text. */
function cloneable(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch {
    return String(value);
  }
}

/** The error again, of its class where it is one of ours. */
export function errorFromTransfer(data: TransferredError): Error {
  const known = Object.hasOwn(classes, data.name) ? classes[data.name] : Error;
  // A real Error with another prototype: consoles and debuggers show it as one.
  const made = Object.setPrototypeOf(new Error(data.message), known.prototype) as Error;
  const define = (key: string, value: unknown, enumerable: boolean) =>
    Object.defineProperty(made, key, { value, enumerable, writable: true, configurable: true });
  define('message', data.message, false);
  define('stack', data.stack, false);
  define('name', data.name, false);
  if (data.cause !== undefined) define('cause', errorFromTransfer(data.cause), false);
  for (const [key, value] of Object.entries(data.fields)) define(key, value, true);
  return made;
}

interface ThrownValue {
  readonly value: unknown;
}

/** Replaces Comlink's handler of thrown values by one that keeps class, code and data; on both sides, before the first call. */
export function installErrorTransfer(): void {
  transferHandlers.set('throw', {
    // Comlink marks what was thrown by a symbol of its own and wraps it as { value }; its handler knows the mark.
    canHandle: builtIn.canHandle,
    serialize: ({ value }: ThrownValue) => [errorToTransfer(value), []],
    deserialize: (data: TransferredError): never => {
      throw errorFromTransfer(data);
    },
  } as Parameters<typeof transferHandlers.set>[1]);
}

const builtIn = transferHandlers.get('throw')!;
