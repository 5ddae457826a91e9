import { type ByteReader, ByteWriter } from '@cassette/bytes';
import type { CqlType } from '@cassette/cql';

// Collections as one value: i32 count, then for each element (for maps: key, value) i32 length and bytes, -1 for null.
// Cassandra: serializers.CollectionSerializer.

/** A range of bytes that is one element of a collection. */
export interface ElementRange {
  readonly from: number;
  readonly to: number;
}

/** The element count of a serialized collection. */
export function readCount(input: ByteReader): number {
  return input.i32('element count');
}

/** Moves past one element: where its bytes are, or null for a null one. */
export function readElement(input: ByteReader): ElementRange | null {
  const length = input.i32('element length');
  if (length < 0) return null;
  const from = input.position;
  input.skip(length, 'element');
  return { from, to: input.position };
}

/** Elements of a list in their order. */
export function writeList(elements: readonly Uint8Array[], out: ByteWriter): void {
  out.i32(elements.length);
  for (const element of elements) out.intBytes(element);
}

/** Elements of a set, sorted by the element type and each once. */
export function writeSet(type: CqlType, elements: readonly Uint8Array[], out: ByteWriter): void {
  const sorted = sortedBy(type, elements, (element) => element);
  writeList(sorted, out);
}

/** Entries of a map, sorted by the key type; of two with one key the later. */
export function writeMap(keyType: CqlType, entries: readonly (readonly [Uint8Array, Uint8Array])[], out: ByteWriter): void {
  const sorted = sortedBy(keyType, entries, (entry) => entry[0]);
  out.i32(sorted.length);
  for (const [key, value] of sorted) {
    out.intBytes(key);
    out.intBytes(value);
  }
}

/** Sorted by a key, the last one of equal keys kept. */
function sortedBy<T>(type: CqlType, items: readonly T[], keyOf: (item: T) => Uint8Array): T[] {
  const compare = (a: Uint8Array, b: Uint8Array) => type.compare(a, 0, a.length, b, 0, b.length);
  const sorted = [...items].sort((a, b) => compare(keyOf(a), keyOf(b)));
  return sorted.filter((item, i) => i + 1 === sorted.length || compare(keyOf(item), keyOf(sorted[i + 1])) !== 0);
}

/** The bytes that `write` appends. */
export function bytesOf(write: (out: ByteWriter) => void): Uint8Array {
  const out = new ByteWriter(32);
  write(out);
  return out.toBytes();
}
