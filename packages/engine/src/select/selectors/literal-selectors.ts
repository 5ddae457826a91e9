import type { ByteWriter } from '@cassette/bytes';
import {
  type CqlType,
  InvalidRequestError,
  type ListType,
  type MapType,
  SetType,
  type TupleType,
  type UserType,
  VectorType,
} from '@cassette/cql';
import type { Binding } from '../../prepared/binding.ts';
import { writeMap, writeSet } from '../../prepared/terms/index.ts';
import { CompositeSelector, type Selector } from './selector.ts';

function present(value: Uint8Array | null, what: string): Uint8Array {
  if (value === null)
    throw new InvalidRequestError(
      `null is not supported inside ${what}: ${what === 'vectors' ? 'each element has a value' : 'leave the element out'}`,
    );
  return value;
}

/** `[a, b]`, `{a, b}`, and `[a, b]` as a vector. Cassandra: selection.ListSelector, SetSelector, VectorSelector. */
export class SequenceSelection extends CompositeSelector {
  readonly type: ListType | SetType | VectorType;
  readonly name: string;

  constructor(type: ListType | SetType | VectorType, elements: readonly Selector[]) {
    super(elements);
    this.type = type;
    const names = elements.map((element) => element.name).join(', ');
    this.name = type instanceof SetType ? `{${names}}` : `[${names}]`;
  }

  protected override combine(values: readonly (Uint8Array | null)[], _binding: Binding, out: ByteWriter): boolean {
    const { type } = this;
    if (type instanceof VectorType) {
      for (const value of values) type.appendElement(out, () => out.bytes(present(value, 'vectors')));
      return true;
    }
    if (type instanceof SetType) {
      const elements = values.map((value) => present(value, 'sets'));
      writeSet(type.element, elements, out);
      return true;
    }
    // A list that is selected may have nulls, as Cassandra has it.
    out.i32(values.length);
    for (const value of values) {
      if (value === null) out.i32(-1);
      else out.intBytes(value);
    }
    return true;
  }
}

/** `{k: v}`. Cassandra: selection.MapSelector. */
export class MapSelection extends CompositeSelector {
  readonly type: MapType;
  readonly name: string;

  /** Keys and values in turn. */
  constructor(type: MapType, parts: readonly Selector[]) {
    super(parts);
    this.type = type;
    const names = parts.flatMap((part, i) => (i % 2 === 0 ? [`${part.name}: ${parts[i + 1].name}`] : []));
    this.name = `{${names.join(', ')}}`;
  }

  protected override combine(values: readonly (Uint8Array | null)[], _binding: Binding, out: ByteWriter): boolean {
    // As in a list that is selected there may be null for a value, but not for a key: Cassandra's server fails at that.
    const pairs = values.flatMap((key, i) => (i % 2 === 0 ? [[present(key, 'the keys of maps'), values[i + 1]] as const] : []));
    writeMap(this.type.key, pairs, out);
    return true;
  }
}

/** `(a, b)` and `{field: a}`. Cassandra: selection.TupleSelector, UserTypeSelector. */
export class FieldsSelection extends CompositeSelector {
  readonly type: CqlType;
  readonly name: string;
  private readonly size: number;
  /** For each part: which field it is. */
  private readonly fields: readonly number[];

  constructor(type: TupleType | UserType, parts: readonly Selector[], fields: readonly number[], name: string) {
    super(parts);
    this.type = type;
    this.fields = fields;
    this.size = type.types.length;
    this.name = name;
  }

  protected override combine(values: readonly (Uint8Array | null)[], _binding: Binding, out: ByteWriter): boolean {
    for (let i = 0; i < this.size; i++) {
      const value = values[this.fields.lastIndexOf(i)] ?? null;
      if (value === null) out.i32(-1);
      else out.intBytes(value);
    }
    return true;
  }
}
