import { ByteWriter } from '@cassette/bytes';
import {
  InvalidRequestError,
  ListType,
  type MapType,
  type Place,
  type SetType,
  type TupleType,
  type UserType,
  type VectorType,
} from '@cassette/cql';
import { type Binding, TermState } from '../binding.ts';
import type { BoundTerm } from './bound-term.ts';
import { writeList, writeMap, writeSet } from './collection-bytes.ts';

/** The bytes of a term that must have a value; `unsetMessage` is for the other case. */
function element(
  term: BoundTerm,
  binding: Binding,
  unsetMessage: string,
  nullMessage = 'null is not supported inside collections: leave the element out',
): Uint8Array {
  const out = new ByteWriter(16);
  const state = term.write(binding, out);
  if (state === TermState.UNSET) throw new InvalidRequestError(unsetMessage, term.where);
  if (state === TermState.NULL) throw new InvalidRequestError(nullMessage, term.where);
  return out.toBytes();
}

const UNSET_ELEMENT = 'unset value is not supported inside collections';

/** `[a, b]` as a list, `{a, b}` as a set: their elements need not be constants. Cassandra: Lists, Sets.DelayedValue. */
export class SequenceTerm implements BoundTerm {
  readonly type: ListType | SetType;
  readonly where: Place;
  /** What it is made of. */
  readonly elements: readonly BoundTerm[];

  constructor(type: ListType | SetType, where: Place, elements: readonly BoundTerm[]) {
    this.type = type;
    this.where = where;
    this.elements = elements;
  }

  write(binding: Binding, out: ByteWriter): TermState {
    const elements = this.elements.map((term) => element(term, binding, UNSET_ELEMENT));
    if (this.type instanceof ListType) writeList(elements, out);
    else writeSet(this.type.element, elements, out);
    return TermState.VALUE;
  }
}

/** `{k: v}` as a map. Cassandra: Maps.DelayedValue. */
export class MapTermValue implements BoundTerm {
  readonly type: MapType;
  readonly where: Place;
  /** What it is made of. */
  readonly entries: readonly (readonly [BoundTerm, BoundTerm])[];

  constructor(type: MapType, where: Place, entries: readonly (readonly [BoundTerm, BoundTerm])[]) {
    this.type = type;
    this.where = where;
    this.entries = entries;
  }

  write(binding: Binding, out: ByteWriter): TermState {
    const entries = this.entries.map(
      ([key, value]) => [element(key, binding, UNSET_ELEMENT), element(value, binding, UNSET_ELEMENT)] as const,
    );
    writeMap(this.type.key, entries, out);
    return TermState.VALUE;
  }
}

/** `(a, b)` and `{field: value}`: i32 length and bytes for each, -1 for null. Cassandra: Tuples, UserTypes.DelayedValue. */
export class TupleTermValue implements BoundTerm {
  readonly type: TupleType | UserType;
  readonly where: Place;
  /** One for each component; null for a field that was left out. */
  readonly components: readonly (BoundTerm | null)[];
  private readonly describe: (index: number) => string;

  /** `describe` names a component for messages. */
  constructor(
    type: TupleType | UserType,
    where: Place,
    components: readonly (BoundTerm | null)[],
    describe: (index: number) => string,
  ) {
    this.type = type;
    this.where = where;
    this.components = components;
    this.describe = describe;
  }

  write(binding: Binding, out: ByteWriter): TermState {
    for (let i = 0; i < this.components.length; i++) {
      const at = out.length;
      out.i32(-1);
      const term = this.components[i];
      if (term === null) continue;
      const state = term.write(binding, out);
      if (state === TermState.UNSET) throw new InvalidRequestError(`Invalid unset value for ${this.describe(i)}`, term.where);
      if (state === TermState.VALUE) out.patchI32(at, out.length - at - 4);
    }
    return TermState.VALUE;
  }
}

/** `[a, b]` as a vector. Cassandra: Vectors.DelayedValue. */
export class VectorTerm implements BoundTerm {
  readonly type: VectorType;
  readonly where: Place;
  /** What it is made of. */
  readonly elements: readonly BoundTerm[];

  constructor(type: VectorType, where: Place, elements: readonly BoundTerm[]) {
    this.type = type;
    this.where = where;
    this.elements = elements;
  }

  write(binding: Binding, out: ByteWriter): TermState {
    const variable = this.type.element.fixedLength < 0;
    for (const term of this.elements) {
      const bytes = element(term, binding, 'unset value is not supported inside vectors', 'null is not supported inside vectors');
      if (variable) out.vintBytes(bytes);
      else out.bytes(bytes);
    }
    return TermState.VALUE;
  }
}

/** Whether every part is known at planning. */
export function allConstant(terms: readonly (BoundTerm | null)[]): boolean {
  return terms.every((term) => term === null || term.constant !== undefined);
}
