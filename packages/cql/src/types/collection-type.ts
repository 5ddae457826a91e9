import { ByteWriter } from '@cassette/bytes';
import { putSequence } from './byte-comparable.ts';
import { CqlType } from './cql-type.ts';
import { collectionRanges, putFramedBytes } from './framed-values.ts';
import { marshalPackage } from './scalar-type.ts';
import { wrongBytes } from './wrong-value.ts';

/**
 * list, set or map. Its bytes are those of the whole collection (count, then each value with an int32 length) whether it is frozen or
 * not: that is how values come in and go out; a multi-cell one is taken apart with {@link CollectionType.split}.
 * Cassandra: CollectionType.
 */
export abstract class CollectionType extends CqlType {
  readonly fixedLength = -1;
  readonly frozen: boolean;
  abstract readonly kind: 'list' | 'set' | 'map';
  /** Type of the cell paths of a multi-cell one: the elements of a set, the keys of a map, timeuuid for a list. */
  abstract readonly nameType: CqlType;
  /** Type of the cell values of a multi-cell one: EmptyType for a set. */
  abstract readonly valueType: CqlType;
  protected abstract readonly perEntry: 1 | 2;

  constructor(frozen: boolean) {
    super();
    this.frozen = frozen;
  }

  override get isMultiCell(): boolean {
    return !this.frozen;
  }

  override cqlName(): string {
    const name = `${this.kind}<${this.subTypes.map((t) => t.cqlName()).join(', ')}>`;
    return this.frozen ? `frozen<${name}>` : name;
  }

  override marshalName(ignoreFreezing = false): string {
    const inner = this.subTypes.map((t) => t.marshalName(ignoreFreezing || this.frozen)).join(',');
    const name = `${marshalPackage}${this.kind[0].toUpperCase()}${this.kind.slice(1)}Type(${inner})`;
    return this.frozen && !ignoreFreezing ? `${marshalPackage}FrozenType(${name})` : name;
  }

  /** Where the elements lie in the bytes of a whole collection: pairs of from and to; of a map keys and values in turn. */
  split(bytes: Uint8Array, from: number, to: number): number[] {
    return collectionRanges(this.kind, bytes, from, to, this.perEntry);
  }

  override compare(a: Uint8Array, aFrom: number, aTo: number, b: Uint8Array, bFrom: number, bTo: number): number {
    if (aFrom === aTo || bFrom === bTo) return (aFrom === aTo ? 0 : 1) - (bFrom === bTo ? 0 : 1);
    const x = this.split(a, aFrom, aTo);
    const y = this.split(b, bFrom, bTo);
    for (let i = 0; i < x.length && i < y.length; i += 2) {
      const order = this.elementType(i / 2).compare(a, x[i], x[i + 1], b, y[i], y[i + 1]);
      if (order !== 0) return order;
    }
    return x.length - y.length;
  }

  override toByteComparable(bytes: Uint8Array, from: number, to: number, out: ByteWriter): boolean {
    if (from === to) return false;
    const ranges = this.split(bytes, from, to);
    putSequence(bytes, ranges, ranges.length / 2, (i) => this.elementType(i), out);
    return true;
  }

  override validate(bytes: Uint8Array, from: number, to: number): void {
    if (from === to) throw wrongBytes(this.kind, `Not enough bytes to read a ${this.kind}`);
    const ranges = this.split(bytes, from, to);
    for (let i = 0; i < ranges.length; i += 2) this.elementType(i / 2).validate(bytes, ranges[i], ranges[i + 1]);
  }

  /** Of the i-th framed value. */
  protected elementType(i: number): CqlType {
    return this.subTypes.length === 1 ? this.subTypes[0] : this.subTypes[i % 2];
  }
}

/**
 * Appends entries (a set's elements, a map's key and value pairs) in the order of `keyType`, as a whole collection. Each entry writes its
 * key, then for a map its value with its length, and returns the size of the key. Of entries with equal keys one is left: the key as it
 * came first, the value that came last, as Java's TreeMap has it (equal need not be the same bytes: 1.0 and 1.00).
 */
export function putSorted(keyType: CqlType, entries: Iterable<(entry: ByteWriter) => number>, out: ByteWriter): void {
  const scratch = new ByteWriter();
  const found: { from: number; keyTo: number; to: number }[] = [];
  for (const write of entries) {
    const from = scratch.length;
    const keySize = write(scratch);
    found.push({ from, keyTo: from + keySize, to: scratch.length });
  }
  const bytes = scratch.written();
  const order = (a: (typeof found)[number], b: (typeof found)[number]) =>
    keyType.compare(bytes, a.from, a.keyTo, bytes, b.from, b.keyTo);
  found.sort(order);
  const countAt = out.length;
  out.i32(0);
  let count = 0;
  for (let first = 0, next = 1; first < found.length; first = next++) {
    while (next < found.length && order(found[first], found[next]) === 0) next++;
    putFramedBytes(bytes, found[first].from, found[first].keyTo, out);
    const { keyTo, to } = found[next - 1];
    out.bytesOf(bytes, keyTo, to);
    count++;
  }
  out.patchI32(countAt, count);
}
