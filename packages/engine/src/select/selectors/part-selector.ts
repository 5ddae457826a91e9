import { ByteReader, ByteWriter } from '@cassette/bytes';
import { type CqlType, InvalidRequestError, MapType, type SetType, type UserType } from '@cassette/cql';
import { type Binding, TermState } from '../../prepared/binding.ts';
import { type BoundTerm, type ElementRange, readCount, readElement } from '../../prepared/terms/index.ts';
import { type Times, type TimesKind, timeAt, timesSlice } from './cell-times.ts';
import type { TimedSelector } from './column-selection.ts';
import { CompositeSelector, type SelectedRow, type Selector, selectedBytes } from './selector.ts';

/** Parts of a value. Their times are those of the cells that they lie in. */
abstract class PartSelection extends CompositeSelector implements TimedSelector {
  protected readonly of: Selector;

  constructor(of: Selector) {
    super([of]);
    this.of = of;
  }

  protected override combine([value]: readonly (Uint8Array | null)[], binding: Binding, out: ByteWriter): boolean {
    return value !== null && this.extract(value, binding, out);
  }

  /** Appends the part of a value; false where it is not there. */
  protected abstract extract(value: Uint8Array, binding: Binding, out: ByteWriter): boolean;

  times(row: SelectedRow, binding: Binding, kind: TimesKind): Times | null {
    const value = selectedBytes(this.of, row, binding);
    const times = 'times' in this.of ? (this.of as TimedSelector).times(row, binding, kind) : null;
    return value === null ? null : this.timesOf(value, times, binding);
  }

  /** Of the times of all cells those of the part. */
  protected abstract timesOf(value: Uint8Array, times: Times | null, binding: Binding): Times | null;
}

/** `of.field`. Cassandra: selection.FieldSelector. */
export class FieldSelection extends PartSelection {
  readonly type: CqlType;
  readonly name: string;
  private readonly index: number;

  constructor(of: Selector, type: UserType, index: number) {
    super(of);
    this.index = index;
    this.type = type.fields[index].type;
    this.name = `${of.name}.${type.fields[index].name}`;
  }

  private rangeOf(value: Uint8Array): ElementRange | null {
    const input = new ByteReader(value, 'user type');
    let range: ElementRange | null = null;
    for (let i = 0; i <= this.index; i++) {
      if (input.remaining === 0) return null;
      range = readElement(input);
    }
    return range;
  }

  protected override extract(value: Uint8Array, _binding: Binding, out: ByteWriter): boolean {
    const range = this.rangeOf(value);
    if (range === null) return false;
    out.bytesOf(value, range.from, range.to);
    return true;
  }

  protected override timesOf(value: Uint8Array, times: Times | null): Times | null {
    return this.rangeOf(value) === null ? null : timeAt(times, this.index);
  }
}

/** A selector of a map or a set. */
export type CollectionSelector = Selector & { readonly type: MapType | SetType };

function compare(type: CqlType, bytes: Uint8Array, range: ElementRange, key: Uint8Array): number {
  return type.compare(bytes, range.from, range.to, key, 0, key.length);
}

/** `m[k]`: the value, and `s[e]`: the element, where it is there. Cassandra: selection.ElementsSelector. */
export class ElementSelection extends PartSelection {
  readonly type: CqlType;
  readonly name: string;
  private readonly collection: MapType | SetType;
  private readonly key: BoundTerm;

  constructor(of: CollectionSelector, key: BoundTerm, name: string) {
    super(of);
    this.collection = of.type;
    this.key = key;
    this.type = of.type instanceof MapType ? of.type.value : of.type.element;
    this.name = name;
  }

  private keyValue(binding: Binding): Uint8Array {
    const out = new ByteWriter(16);
    const state = this.key.write(binding, out);
    if (state === TermState.VALUE) return out.toBytes();
    const problem = state === TermState.NULL ? 'null' : 'unset';
    throw new InvalidRequestError(`Invalid ${problem} value for element selection on ${this.of.name}`, this.key.where);
  }

  override check(binding: Binding): void {
    this.keyValue(binding);
    super.check(binding);
  }

  private find(value: Uint8Array, binding: Binding): { readonly index: number; readonly range: ElementRange } | null {
    const key = this.keyValue(binding);
    const input = new ByteReader(value, 'collection');
    const count = readCount(input);
    for (let index = 0; index < count; index++) {
      const element = readElement(input) as ElementRange;
      const range = this.collection instanceof MapType ? readElement(input) : element;
      if (range !== null && compare(this.collection.nameType, value, element, key) === 0) return { index, range };
    }
    return null;
  }

  protected override extract(value: Uint8Array, binding: Binding, out: ByteWriter): boolean {
    const found = this.find(value, binding);
    if (found === null) return false;
    out.bytesOf(value, found.range.from, found.range.to);
    return true;
  }

  protected override timesOf(value: Uint8Array, times: Times | null, binding: Binding): Times | null {
    const found = this.find(value, binding);
    return found === null ? null : timeAt(times, found.index);
  }
}

/** `m[a..b]`, `s[a..b]`: both ends included. Cassandra: selection.ElementsSelector. */
export class SliceSelection extends PartSelection {
  readonly type: MapType | SetType;
  readonly name: string;
  private readonly from: BoundTerm | null;
  private readonly to: BoundTerm | null;

  constructor(of: CollectionSelector, from: BoundTerm | null, to: BoundTerm | null, name: string) {
    super(of);
    this.from = from;
    this.to = to;
    this.type = of.type;
    this.name = name;
  }

  /** An end that is unset is none, as one that was left out. */
  private end(term: BoundTerm | null, binding: Binding): Uint8Array | null {
    if (term === null) return null;
    const out = new ByteWriter(16);
    const state = term.write(binding, out);
    if (state !== TermState.NULL) return state === TermState.VALUE ? out.toBytes() : null;
    throw new InvalidRequestError(`Invalid null value for slice selection on ${this.of.name}`, term.where);
  }

  override check(binding: Binding): void {
    this.end(this.from, binding);
    this.end(this.to, binding);
    super.check(binding);
  }

  /** Elements within the ends: their numbers, and their bytes. */
  private find(value: Uint8Array, binding: Binding): { first: number; after: number; bytes: ElementRange } {
    const from = this.end(this.from, binding);
    const to = this.end(this.to, binding);
    const { nameType } = this.type;
    const input = new ByteReader(value, 'collection');
    const count = readCount(input);
    let first = count;
    let after = count;
    let start = 0;
    let stop = 0;
    for (let i = 0; i < count; i++) {
      const at = input.position;
      const element = readElement(input) as ElementRange;
      if (this.type instanceof MapType) readElement(input);
      if (from !== null && compare(nameType, value, element, from) < 0) continue;
      if (to !== null && compare(nameType, value, element, to) > 0) {
        after = i;
        break;
      }
      if (first === count) {
        first = i;
        start = at;
      }
      stop = input.position;
    }
    return { first: Math.min(first, after), after, bytes: { from: start, to: stop } };
  }

  protected override extract(value: Uint8Array, binding: Binding, out: ByteWriter): boolean {
    const { first, after, bytes } = this.find(value, binding);
    // A multi-cell collection without elements does not exist.
    if (first === after && this.type.isMultiCell) return false;
    out.i32(after - first);
    out.bytesOf(value, bytes.from, bytes.to);
    return true;
  }

  protected override timesOf(value: Uint8Array, times: Times | null, binding: Binding): Times | null {
    const { first, after } = this.find(value, binding);
    return timesSlice(times, first, after);
  }
}
