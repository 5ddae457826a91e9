// Options in the forms that the Node driver has for them.

import { fromHex } from '@cassette/bytes';
import { integerObject } from '@cassette/cql';

/** A whole number of 64 bits as the Node driver's Long has it. */
export interface LongParts {
  readonly high: number;
  readonly low: number;
}

/** A page state as bytes: given as such, or as the hexadecimal text of the Node driver's results. Null for what is neither. */
export function pageStateBytes(value: unknown): Uint8Array | null {
  return typeof value === 'string' ? fromHex(value) : value instanceof Uint8Array ? value : null;
}

/** Microseconds as a number or bigint: given as such, or as a Long. Null for what is no int64, or no safe integer. */
export function microseconds(value: unknown): number | bigint | null {
  if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value ? value : null;
  return typeof value === 'number' ? (Number.isSafeInteger(value) ? value : null) : integerObject(value);
}
