import { assert, type ByteReader, type ByteWriter } from '@cassette/bytes';
import type { ClusteringColumn } from './clustering-comparator.ts';
import { readVInt, vint } from './vint-at.ts';

// Values of a clustering or of a prefix of one, as Data.db, Index.db and `Row.clusteringBytes` have them:
//   for each block of up to 32 values
//     header  uv    two bits a value: bit 2i it is empty, bit 2i+1 it is null
//     values        those that are neither: bare bytes where the type has a fixed length, else uv length and bytes
// No values: no bytes at all. Cassandra: db.ClusteringPrefix.Serializer.

/** Appends values (null for a null one, no bytes for an empty one), as many as the prefix has. */
export function encodeClustering(
  out: ByteWriter,
  columns: readonly ClusteringColumn[],
  values: readonly (Uint8Array | null)[],
): void {
  assert(values.length <= columns.length, `${values.length} clustering values for ${columns.length} columns`);
  for (let block = 0; block < values.length; block += 32) {
    const end = Math.min(block + 32, values.length);
    let hi = 0;
    let lo = 0;
    for (let i = block; i < end; i++) {
      const value = values[i];
      const bits = value === null ? 2 : value.length === 0 ? 1 : 0;
      const shift = (i & 15) << 1;
      if ((i & 16) === 0) lo |= bits << shift;
      else hi |= bits << shift;
    }
    out.unsignedVInt(hi, lo);
    for (let i = block; i < end; i++) {
      const value = values[i];
      if (value === null || value.length === 0) continue;
      const fixed = columns[i].type.fixedLength;
      if (fixed >= 0) assert(value.length === fixed, `a clustering value of ${value.length} bytes where ${fixed} are due`);
      else out.unsignedVIntNumber(value.length);
      out.bytes(value);
    }
  }
}

/** The values of a prefix of `size` values as views on `bytes[from, to)`, whose framing was checked; null for null. */
export function decodeClustering(
  columns: readonly ClusteringColumn[],
  size: number,
  bytes: Uint8Array,
  from: number,
  to: number,
): (Uint8Array | null)[] {
  const values: (Uint8Array | null)[] = [];
  let at = from;
  let hi = 0;
  let lo = 0;
  for (let i = 0; i < size; i++) {
    if ((i & 31) === 0) {
      at = readVInt(bytes, at);
      hi = vint.hi;
      lo = vint.lo;
    }
    const bits = (((i & 16) === 0 ? lo : hi) >>> ((i & 15) << 1)) & 3;
    if (bits !== 0) {
      values.push(bits & 2 ? null : NONE);
      continue;
    }
    let length = columns[i].type.fixedLength;
    if (length < 0) {
      at = readVInt(bytes, at);
      length = vint.lo;
    }
    assert(length >= 0 && at + length <= to, 'a clustering ends where its bytes end');
    values.push(bytes.subarray(at, at + length));
    at += length;
  }
  return values;
}

/** Moves past a prefix of `size` values and checks its framing. Throws CorruptionError where it runs out of the reader. */
export function skipClustering(input: ByteReader, fixedLengths: Int32Array, size: number): void {
  let hi = 0;
  let lo = 0;
  for (let i = 0; i < size; i++) {
    if ((i & 31) === 0) {
      input.unsignedVInt('clustering header');
      hi = input.hi;
      lo = input.lo;
    }
    if (((((i & 16) === 0 ? lo : hi) >>> ((i & 15) << 1)) & 3) !== 0) continue;
    const fixed = fixedLengths[i];
    input.skip(fixed >= 0 ? fixed : input.length('clustering value length'), 'clustering value');
  }
}

const NONE = new Uint8Array(0);
