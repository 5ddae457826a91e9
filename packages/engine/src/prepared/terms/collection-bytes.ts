import { type ByteReader, ByteWriter } from '@cassette/bytes';
import { type CqlType, type MapType, putSorted, SetType } from '@cassette/cql';

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
  const entries = elements.map((element) => (entry: ByteWriter) => {
    entry.bytes(element);
    return element.length;
  });
  putSorted(type, entries, out);
}

/** Entries of a map, sorted by the key type; of two with one key the later. Only a map that is selected has null for a value. */
export function writeMap(keyType: CqlType, pairs: readonly (readonly [Uint8Array, Uint8Array | null])[], out: ByteWriter): void {
  const entries = pairs.map(([key, value]) => (entry: ByteWriter) => {
    entry.bytes(key);
    if (value === null) entry.i32(-1);
    else entry.intBytes(value);
    return key.length;
  });
  putSorted(keyType, entries, out);
}

/**
 * A collection that came as bytes, in the order that it must have: clients may send sets and maps in any. What lies inside its elements
 * stays as it came. Cassandra: Sets.Value#fromSerialized, Maps.Value#fromSerialized.
 */
export function writeInOrder(type: SetType | MapType, bytes: Uint8Array, out: ByteWriter): void {
  const ranges = type.split(bytes, 0, bytes.length);
  const elements: Uint8Array[] = [];
  for (let i = 0; i < ranges.length; i += 2) elements.push(bytes.subarray(ranges[i], ranges[i + 1]));
  if (type instanceof SetType) {
    writeSet(type.element, elements, out);
    return;
  }
  const pairs = elements.flatMap((key, i) => (i % 2 === 0 ? [[key, elements[i + 1]] as const] : []));
  writeMap(type.key, pairs, out);
}

/** The bytes that `write` appends. */
export function bytesOf(write: (out: ByteWriter) => void): Uint8Array {
  const out = new ByteWriter(32);
  write(out);
  return out.toBytes();
}
