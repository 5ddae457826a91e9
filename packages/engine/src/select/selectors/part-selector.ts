import { ByteReader, ByteWriter } from '@cassette/bytes';
import { type CqlType, InvalidRequestError, MapType, type SetType } from '@cassette/cql';
import { type Binding, TermState } from '../../prepared/binding.ts';
import { type BoundTerm, type ElementRange, readCount, readElement } from '../../prepared/terms/index.ts';
import type { RowView } from '../row-view.ts';
import { type Selector, selectedBytes } from './selector.ts';

/** `of.field`. Cassandra: selection.FieldSelector. */
export class FieldSelection implements Selector {
  readonly type: CqlType;
  private readonly of: Selector;
  private readonly index: number;

  constructor(of: Selector, index: number, type: CqlType) {
    this.of = of;
    this.index = index;
    this.type = type;
  }

  write(view: RowView, binding: Binding, out: ByteWriter): boolean {
    const bytes = selectedBytes(this.of, view, binding);
    if (bytes === null) return false;
    const input = new ByteReader(bytes, 'user type');
    let range: ElementRange | null = null;
    for (let i = 0; i <= this.index; i++) {
      if (input.remaining === 0) return false;
      range = readElement(input);
    }
    if (range === null) return false;
    out.bytesOf(bytes, range.from, range.to);
    return true;
  }
}

/** The bytes of a key; null for null. Throws for unset. */
function bound(term: BoundTerm, binding: Binding): Uint8Array | null {
  const out = new ByteWriter(16);
  const state = term.write(binding, out);
  if (state === TermState.UNSET) throw new InvalidRequestError('Invalid unset value for element selection', term.where);
  return state === TermState.NULL ? null : out.toBytes();
}

function compare(type: CqlType, bytes: Uint8Array, range: ElementRange, key: Uint8Array): number {
  return type.compare(bytes, range.from, range.to, key, 0, key.length);
}

/** `m[k]`: the value, and `s[e]`: the element, where it is there. Cassandra: selection.ElementsSelector. */
export class ElementSelection implements Selector {
  readonly type: CqlType;
  private readonly of: Selector & { readonly type: MapType | SetType };
  private readonly key: BoundTerm;

  constructor(of: Selector & { readonly type: MapType | SetType }, key: BoundTerm) {
    this.of = of;
    this.key = key;
    this.type = of.type instanceof MapType ? of.type.value : of.type.element;
  }

  write(view: RowView, binding: Binding, out: ByteWriter): boolean {
    const bytes = selectedBytes(this.of, view, binding);
    const key = bound(this.key, binding);
    if (bytes === null || key === null) return false;
    const { type } = this.of;
    const input = new ByteReader(bytes, 'collection');
    for (let n = readCount(input); n > 0; n--) {
      const element = readElement(input) as ElementRange;
      const value = type instanceof MapType ? readElement(input) : element;
      if (value !== null && compare(type.nameType, bytes, element, key) === 0) {
        out.bytesOf(bytes, value.from, value.to);
        return true;
      }
    }
    return false;
  }
}

/** `m[a..b]`, `s[a..b]`: both ends included. Cassandra: selection.ElementsSelector. */
export class SliceSelection implements Selector {
  readonly type: CqlType;
  private readonly of: Selector & { readonly type: MapType | SetType };
  private readonly from: BoundTerm | null;
  private readonly to: BoundTerm | null;

  constructor(of: Selector & { readonly type: MapType | SetType }, from: BoundTerm | null, to: BoundTerm | null) {
    this.of = of;
    this.from = from;
    this.to = to;
    this.type = of.type;
  }

  write(view: RowView, binding: Binding, out: ByteWriter): boolean {
    const bytes = selectedBytes(this.of, view, binding);
    const from = this.from === null ? null : bound(this.from, binding);
    const to = this.to === null ? null : bound(this.to, binding);
    if (bytes === null) return false;
    const { type } = this.of;
    const input = new ByteReader(bytes, 'collection');
    const at = out.length;
    out.i32(0);
    let count = 0;
    for (let n = readCount(input); n > 0; n--) {
      const start = input.position;
      const element = readElement(input) as ElementRange;
      if (type instanceof MapType) readElement(input);
      if (from !== null && compare(type.nameType, bytes, element, from) < 0) continue;
      if (to !== null && compare(type.nameType, bytes, element, to) > 0) continue;
      out.bytesOf(bytes, start, input.position);
      count++;
    }
    out.patchI32(at, count);
    // A multi-cell collection without elements does not exist.
    if (count > 0 || !type.isMultiCell) return true;
    out.length = at;
    return false;
  }
}
