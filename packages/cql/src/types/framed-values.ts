import type { ByteWriter } from '@cassette/bytes';
import { InvalidRequestError } from '../errors.ts';
import type { CqlType } from './cql-type.ts';
import { int32At } from './integer-types.ts';
import { wrongBytes } from './wrong-value.ts';

// Inside frozen collections, tuples and user types every value has an int32 length before it; -1 is null.

/**
 * Where the values of `[from, to)` lie, from `at` on: pairs of from and to, both -1 for null. Reads `count` of them, or all there are
 * for a count of -1. Throws InvalidRequestError where one is cut. `what` names the type for messages.
 */
export function framedRanges(what: string, bytes: Uint8Array, at: number, to: number, count: number): number[] {
  const ranges: number[] = [];
  for (let n = 0; count < 0 ? at < to : n < count; n++) {
    const size = at + 4 <= to ? int32At(bytes, at) : Number.POSITIVE_INFINITY;
    at += 4;
    if (size < 0) {
      ranges.push(-1, -1);
      continue;
    }
    if (at + size > to) throw wrongBytes(what, `Not enough bytes to read value ${n} of a ${what}`);
    ranges.push(at, at + size);
    at += size;
  }
  if (at !== to) throw wrongBytes(what, `Unexpected extraneous bytes after ${what} value`);
  return ranges;
}

/**
 * Where the elements of a serialized collection lie (of a map: keys and values in turn); `perEntry` is 2 for maps. Null elements, -1 and
 * -1, are refused but where `nullable`.
 */
export function collectionRanges(
  what: string,
  bytes: Uint8Array,
  from: number,
  to: number,
  perEntry: 1 | 2,
  nullable = false,
): number[] {
  const count = to - from < 4 ? -1 : int32At(bytes, from);
  if (count < 0) throw wrongBytes(what, `Not enough bytes to read a ${what}`);
  const ranges = framedRanges(what, bytes, from + 4, to, count * perEntry);
  if (!nullable && ranges.includes(-1)) throw wrongBytes(what, 'Null value read when not allowed');
  return ranges;
}

/** Appends a value with its int32 length; null and undefined as -1 where `nullable`. */
export function putFramed(type: CqlType, value: unknown, out: ByteWriter, nullable: boolean): void {
  if (value === null || value === undefined) {
    if (!nullable) throw new InvalidRequestError('null is not supported inside collections: leave the element out');
    out.i32(-1);
    return;
  }
  const at = out.length;
  out.i32(0);
  type.encode(value, out);
  out.patchI32(at, out.length - at - 4);
}

/** Appends bytes with their int32 length. */
export function putFramedBytes(bytes: Uint8Array, from: number, to: number, out: ByteWriter): void {
  out.i32(to - from);
  out.bytesOf(bytes, from, to);
}
