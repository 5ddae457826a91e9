import type { ByteWriter } from '@cassette/bytes';
import { CollectionType, putSorted } from './collection-type.ts';
import type { CqlType } from './cql-type.ts';
import { collectionRanges, putFramed } from './framed-values.ts';
import { jsonText } from './json-text.ts';
import { refuseNull } from './list-type.ts';
import { wrongBytes, wrongValue } from './wrong-value.ts';

/** `map<key, value>`. JavaScript: Map; takes plain objects too. Sorted by the key type and without duplicates. Cassandra: MapType. */
export class MapType extends CollectionType {
  readonly kind = 'map';
  readonly key: CqlType;
  readonly value: CqlType;
  protected readonly perEntry = 2;

  constructor(key: CqlType, value: CqlType, frozen: boolean) {
    super(frozen);
    this.key = key;
    this.value = value;
  }

  override get subTypes(): readonly CqlType[] {
    return [this.key, this.value];
  }

  get nameType(): CqlType {
    return this.key;
  }

  get valueType(): CqlType {
    return this.value;
  }

  override freeze(): MapType {
    return this.frozen ? this : new MapType(this.key.freeze(), this.value.freeze(), true);
  }

  override encode(value: unknown, out: ByteWriter): void {
    const writers = this.entriesOf(value).map(([key, item]) => (entry: ByteWriter) => {
      const from = entry.length;
      refuseNull(key);
      this.key.encode(key, entry);
      const size = entry.length - from;
      putFramed(this.value, item, entry, false);
      return size;
    });
    putSorted(this.key, writers, out);
  }

  private entriesOf(value: unknown): [unknown, unknown][] {
    if (value instanceof Map) return [...value];
    // Only plain objects: the entries of an array, a Set or a Date would be a surprise.
    const prototype = typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : undefined;
    if (prototype !== null && prototype !== Object.prototype) throw wrongValue(this.cqlName(), 'a Map or a plain object', value);
    return Object.entries(value as object);
  }

  override decode(bytes: Uint8Array, from: number, to: number): Map<unknown, unknown> {
    const ranges = this.splitAnswer(bytes, from, to);
    const values = new Map<unknown, unknown>();
    for (let i = 0; i < ranges.length; i += 4) {
      const key = this.key.decode(bytes, ranges[i], ranges[i + 1]);
      values.set(key, ranges[i + 2] < 0 ? null : this.value.decode(bytes, ranges[i + 2], ranges[i + 3]));
    }
    return values;
  }

  /** Keys that are no text in JSON become text. */
  override toJson(bytes: Uint8Array, from: number, to: number): string {
    const ranges = this.splitAnswer(bytes, from, to);
    const texts: string[] = [];
    for (let i = 0; i < ranges.length; i += 4) {
      const key = this.key.toJson(bytes, ranges[i], ranges[i + 1]);
      const value = ranges[i + 2] < 0 ? 'null' : this.value.toJson(bytes, ranges[i + 2], ranges[i + 3]);
      texts.push(`${key.startsWith('"') ? key : jsonText(key)}: ${value}`);
    }
    return `{${texts.join(', ')}}`;
  }

  /** A map that a table holds has no nulls, but one that a SELECT makes may: `{'a': m['b']}`. */
  private splitAnswer(bytes: Uint8Array, from: number, to: number): number[] {
    const ranges = collectionRanges(this.kind, bytes, from, to, 2, true);
    for (let i = 0; i < ranges.length; i += 4) if (ranges[i] < 0) throw wrongBytes(this.kind, 'Null value read when not allowed');
    return ranges;
  }

  override toCqlLiteral(bytes: Uint8Array, from: number, to: number): string {
    const ranges = this.split(bytes, from, to);
    const texts: string[] = [];
    for (let i = 0; i < ranges.length; i += 4) {
      const key = this.key.toCqlLiteral(bytes, ranges[i], ranges[i + 1]);
      texts.push(`${key}: ${this.value.toCqlLiteral(bytes, ranges[i + 2], ranges[i + 3])}`);
    }
    return `{${texts.join(', ')}}`;
  }
}
