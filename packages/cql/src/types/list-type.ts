import type { ByteWriter } from '@cassette/bytes';
import { InvalidRequestError } from '../errors.ts';
import { CollectionType, putSorted } from './collection-type.ts';
import type { CqlType } from './cql-type.ts';
import { collectionRanges, putFramed } from './framed-values.ts';
import { nativeTypes } from './native-types.ts';
import { wrongValue } from './wrong-value.ts';

/** What may be given for a list, a set or a vector: an array, a typed array or anything else that iterates, but no text. */
export function elementsOf(type: CqlType, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (value instanceof Map || typeof value !== 'object' || value === null || !(Symbol.iterator in value)) {
    throw wrongValue(type.cqlName(), 'an array', value);
  }
  return Array.from(value as Iterable<unknown>);
}

/** `list<element>`. JavaScript: array. Cassandra: ListType. */
export class ListType extends CollectionType {
  readonly kind = 'list';
  readonly element: CqlType;
  protected readonly perEntry = 1;

  constructor(element: CqlType, frozen: boolean) {
    super(frozen);
    this.element = element;
  }

  override get subTypes(): readonly CqlType[] {
    return [this.element];
  }

  get nameType(): CqlType {
    return nativeTypes.timeuuid;
  }

  get valueType(): CqlType {
    return this.element;
  }

  override freeze(): ListType {
    return this.frozen ? this : new ListType(this.element.freeze(), true);
  }

  override encode(value: unknown, out: ByteWriter): void {
    const elements = elementsOf(this, value);
    out.i32(elements.length);
    for (const element of elements) putFramed(this.element, element, out, false);
  }

  override decode(bytes: Uint8Array, from: number, to: number): unknown[] {
    const ranges = this.splitAnswer(bytes, from, to);
    const values: unknown[] = [];
    for (let i = 0; i < ranges.length; i += 2) {
      values.push(ranges[i] < 0 ? null : this.element.decode(bytes, ranges[i], ranges[i + 1]));
    }
    return values;
  }

  override toJson(bytes: Uint8Array, from: number, to: number): string {
    return listText(this, this.splitAnswer(bytes, from, to), (t, f, e) => (f < 0 ? 'null' : t.toJson(bytes, f, e)), '[]');
  }

  /** A list that a table holds has no nulls, but one that a SELECT answers may: TTL(m) has one for each cell that does not expire. */
  private splitAnswer(bytes: Uint8Array, from: number, to: number): number[] {
    return collectionRanges(this.kind, bytes, from, to, 1, true);
  }

  override toCqlLiteral(bytes: Uint8Array, from: number, to: number): string {
    return listText(this, this.split(bytes, from, to), (t, f, e) => t.toCqlLiteral(bytes, f, e), '[]');
  }
}

/** `set<element>`. JavaScript: Set; takes arrays too. Sorted by the element type and without duplicates. Cassandra: SetType. */
export class SetType extends CollectionType {
  readonly kind = 'set';
  readonly element: CqlType;
  protected readonly perEntry = 1;

  constructor(element: CqlType, frozen: boolean) {
    super(frozen);
    this.element = element;
  }

  override get subTypes(): readonly CqlType[] {
    return [this.element];
  }

  get nameType(): CqlType {
    return this.element;
  }

  get valueType(): CqlType {
    return nativeTypes.empty;
  }

  override freeze(): SetType {
    return this.frozen ? this : new SetType(this.element.freeze(), true);
  }

  override encode(value: unknown, out: ByteWriter): void {
    const writers = elementsOf(this, value).map((element) => (entry: ByteWriter) => {
      const from = entry.length;
      refuseNull(element);
      this.element.encode(element, entry);
      return entry.length - from;
    });
    putSorted(this.element, writers, out);
  }

  override decode(bytes: Uint8Array, from: number, to: number): Set<unknown> {
    const ranges = this.split(bytes, from, to);
    const values = new Set<unknown>();
    for (let i = 0; i < ranges.length; i += 2) values.add(this.element.decode(bytes, ranges[i], ranges[i + 1]));
    return values;
  }

  override toJson(bytes: Uint8Array, from: number, to: number): string {
    return listText(this, this.split(bytes, from, to), (t, f, e) => t.toJson(bytes, f, e), '[]');
  }

  override toCqlLiteral(bytes: Uint8Array, from: number, to: number): string {
    return listText(this, this.split(bytes, from, to), (t, f, e) => t.toCqlLiteral(bytes, f, e), '{}');
  }
}

/** Refuses null inside a collection, in Cassandra's words. */
export function refuseNull(value: unknown): void {
  if (value === null || value === undefined)
    throw new InvalidRequestError('null is not supported inside collections: leave the element out');
}

function listText(
  type: ListType | SetType,
  ranges: readonly number[],
  print: (type: CqlType, from: number, to: number) => string,
  brackets: string,
): string {
  const texts: string[] = [];
  for (let i = 0; i < ranges.length; i += 2) texts.push(print(type.element, ranges[i], ranges[i + 1]));
  return brackets[0] + texts.join(', ') + brackets[1];
}
