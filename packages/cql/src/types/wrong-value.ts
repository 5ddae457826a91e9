import { toHex } from '@cassette/bytes';
import { InvalidRequestError } from '../errors.ts';

const previewLength = 60;

/** A value in a few characters, for a message. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'string') return `string '${cut(value)}'`;
  if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean') return `${typeof value} ${value}`;
  if (value instanceof Uint8Array) return `${value.length} bytes 0x${cut(toHex(value, 0, Math.min(value.length, 40)))}`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object') return value.constructor?.name ? `an object (${value.constructor.name})` : 'an object';
  return `a ${typeof value}`;
}

function cut(text: string): string {
  return text.length > previewLength ? `${text.slice(0, previewLength)}…` : text;
}

/** The error of a JavaScript value that is none of a type. `data.problem` is the message for those who name the type themselves. */
export function wrongValue(type: string, expected: string, value: unknown): InvalidRequestError {
  const problem = `expected ${expected}, got ${describeValue(value)}`;
  return new InvalidRequestError(`Invalid value for type ${type}: ${problem}`, undefined, { type, problem });
}

/** The error of bytes that are no value of a type. Cassandra: MarshalException. */
export function wrongBytes(type: string, message: string): InvalidRequestError {
  return new InvalidRequestError(message, undefined, { type });
}

/** A value object of another library, by its fields; null for what is no object. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
}

/** Turns the error of a value class's `parse` into one that names the type. */
export function parsed<V, T>(type: string, expected: string, value: V, parse: (value: V) => T): T {
  try {
    return parse(value);
  } catch (cause) {
    const error = wrongValue(type, expected, value);
    error.cause = cause;
    throw error;
  }
}
