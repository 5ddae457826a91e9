import type { Draw } from './draw.ts';

/** A type by how CQL names it and how it is made of others. */
export type RandomType =
  | { readonly kind: 'native'; readonly name: NativeName }
  | { readonly kind: 'list' | 'set'; readonly frozen: boolean; readonly element: RandomType }
  | { readonly kind: 'map'; readonly frozen: boolean; readonly key: RandomType; readonly value: RandomType }
  | { readonly kind: 'tuple'; readonly elements: readonly RandomType[] }
  | { readonly kind: 'vector'; readonly element: RandomType; readonly dimension: number }
  | { readonly kind: 'udt'; readonly frozen: boolean; readonly name: string; readonly fields: readonly RandomField[] };

/** A field of a user type. */
export interface RandomField {
  readonly name: string;
  readonly type: RandomType;
}

/** Every native scalar type of Cassandra 5.0 but counter. */
export const nativeNames = [
  'ascii',
  'bigint',
  'blob',
  'boolean',
  'date',
  'decimal',
  'double',
  'duration',
  'float',
  'inet',
  'int',
  'smallint',
  'text',
  'time',
  'timestamp',
  'timeuuid',
  'tinyint',
  'uuid',
  'varint',
] as const;

/** The name of one. */
export type NativeName = (typeof nativeNames)[number];

/** Makes types; user types that it needs are gathered, to be created before the table. */
export class TypeMaker {
  readonly userTypes: { readonly name: string; readonly fields: readonly RandomField[] }[] = [];
  readonly #draw: Draw;
  readonly #prefix: string;

  /** `prefix`: what the names of user types begin with. */
  constructor(draw: Draw, prefix: string) {
    this.#draw = draw;
    this.#prefix = prefix;
  }

  /** A type of a key column: its values have an order, so there are no durations in it. */
  key(): RandomType {
    return this.#draw.chance(70) ? this.native(true) : this.#nested(this.#draw.int(1, 2), true);
  }

  /** A type of a static or regular column; `withLists`: also lists that are not frozen, whose cell paths each server makes up. */
  column(withLists: boolean): RandomType {
    return this.#draw.chance(70) ? this.cell() : this.#multiCell(withLists);
  }

  /** A type of a static or regular column whose value is one cell. */
  cell(): RandomType {
    return this.#draw.chance(75) ? this.native(false) : this.#nested(this.#draw.int(1, 3), false);
  }

  #multiCell(withLists: boolean): RandomType {
    const draw = this.#draw;
    switch (draw.int(withLists ? -2 : 0, 2)) {
      case 0:
        return { kind: 'set', frozen: false, element: this.#inner(2, true) };
      case 1:
        return { kind: 'map', frozen: false, key: this.#inner(1, true), value: this.#inner(2, false) };
      case 2:
        return { ...this.#userType(1, false), frozen: false };
      default:
        return { kind: 'list', frozen: false, element: this.#inner(2, false) };
    }
  }

  /** A native type. */
  native(ordered: boolean): RandomType {
    return { kind: 'native', name: this.#draw.pick(nativeNames.filter((name) => !ordered || name !== 'duration')) };
  }

  #inner(depth: number, ordered: boolean): RandomType {
    return depth > 0 && this.#draw.chance(30) ? this.#nested(depth - 1, ordered) : this.native(ordered);
  }

  /** A frozen type that is made of others. */
  #nested(depth: number, ordered: boolean): RandomType {
    const draw = this.#draw;
    switch (draw.int(0, 5)) {
      case 0:
        return { kind: 'list', frozen: true, element: this.#inner(depth, ordered) };
      case 1:
        return { kind: 'set', frozen: true, element: this.#inner(depth, true) };
      case 2:
        return { kind: 'map', frozen: true, key: this.#inner(depth, true), value: this.#inner(depth, ordered) };
      case 3:
        return { kind: 'tuple', elements: draw.list(1, 3, () => this.#inner(depth, ordered)) };
      case 4:
        return { kind: 'vector', element: this.#inner(depth, ordered), dimension: draw.int(1, 4) };
      default:
        return this.#userType(depth, ordered);
    }
  }

  #userType(depth: number, ordered: boolean): RandomType & { kind: 'udt' } {
    const names = this.#draw.pick([
      ['f0', 'f1', 'f2'],
      ['"Zz"', '"ß 1"', 'a'],
    ]);
    const fields = this.#draw.list(1, 3, (index) => ({ name: names[index], type: this.#inner(depth, ordered) }));
    const number = this.userTypes.length;
    const name = this.#draw.chance(20) ? `"${this.#prefix} Ü${number}"` : `${this.#prefix}_u${number}`;
    this.userTypes.push({ name, fields });
    return { kind: 'udt', frozen: true, name, fields };
  }
}

/** With tuples in the place of user types but in vectors: as which Cassandra takes a dropped column back. */
export function withTuples(type: RandomType): RandomType {
  switch (type.kind) {
    case 'tuple':
      return { kind: 'tuple', elements: type.elements.map(withTuples) };
    case 'udt':
      return { kind: 'tuple', elements: type.fields.map((field) => withTuples(field.type)) };
    case 'map':
      return { ...type, key: withTuples(type.key), value: withTuples(type.value) };
    case 'list':
    case 'set':
      return { ...type, element: withTuples(type.element) };
    default:
      return type;
  }
}

/** Whether its values are lists whose elements are cells of their own. */
export function isMultiCellList(type: RandomType): boolean {
  return type.kind === 'list' && !type.frozen;
}

/** Whether its elements are cells of their own. */
export function isMultiCell(type: RandomType): boolean {
  return 'frozen' in type && !type.frozen;
}

/** The type as CQL writes it. */
export function cqlOf(type: RandomType): string {
  switch (type.kind) {
    case 'native':
      return type.name;
    case 'tuple':
      return `frozen<tuple<${type.elements.map(cqlOf).join(', ')}>>`;
    case 'vector':
      return `vector<${cqlOf(type.element)}, ${type.dimension}>`;
    case 'map':
      return frozen(type.frozen, `map<${cqlOf(type.key)}, ${cqlOf(type.value)}>`);
    case 'udt':
      return frozen(type.frozen, type.name);
    default:
      return frozen(type.frozen, `${type.kind}<${cqlOf(type.element)}>`);
  }
}

function frozen(isFrozen: boolean, name: string): string {
  return isFrozen ? `frozen<${name}>` : name;
}
