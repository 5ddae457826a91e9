import {
  CompositeType,
  type CqlType,
  ListType,
  MapType,
  ReversedType,
  SetType,
  TupleType,
  UserType,
  VectorType,
  withUpdatedUserType,
} from '@cassette/cql';

/** A type that SSTables contradict each other about. */
export interface Contradiction {
  readonly type: string;
  readonly field: string;
}

/**
 * User types as headers of SSTables tell them, all in one keyspace. An SSTable has the fields that its type had when it was written, so
 * of two headers the one with more fields is the newer; and what is frozen within something frozen it does not say, so that the fields of
 * a type are all taken for frozen, which they are wherever a type is frozen, and have to be where it is not.
 */
export class HeaderTypes {
  readonly keyspace: string;
  private readonly byName: Map<string, UserType>;

  /** `known`: types that are collected already. */
  constructor(keyspace: string, known: readonly UserType[] = []) {
    this.keyspace = keyspace;
    this.byName = new Map(known.map((type) => [type.name, type]));
  }

  /** The user types, not frozen. */
  get types(): readonly UserType[] {
    return [...this.byName.values()];
  }

  /** Collects the user types in a type of a header. Returns what is contradicted by those that are known; null where nothing is. */
  add(type: CqlType): Contradiction | null {
    for (const part of type.subTypes) {
      const contradiction = this.add(part);
      if (contradiction !== null) return contradiction;
    }
    if (!(type instanceof UserType)) return null;
    const fields = type.fields.map((field) => ({ name: field.name, type: this.at(field.type).freeze() }));
    const known = this.byName.get(type.name)?.fields ?? [];
    const wrong = fields.find(
      ({ name, type: one }, i) => i < known.length && !(known[i].name === name && known[i].type.equals(one)),
    );
    if (wrong !== undefined) return { type: type.name, field: wrong.name };
    if (fields.length > known.length) this.set(new UserType(this.keyspace, type.name, fields, false));
    return null;
  }

  /** A type of a header with its user types as they are known by now. */
  at(type: CqlType): CqlType {
    if (type instanceof UserType) {
      const { name, fields } = this.byName.get(type.name) ?? type;
      return new UserType(this.keyspace, name, fields, type.frozen);
    }
    if (type instanceof ListType) return new ListType(this.at(type.element), type.frozen);
    if (type instanceof SetType) return new SetType(this.at(type.element), type.frozen);
    if (type instanceof MapType) return new MapType(this.at(type.key), this.at(type.value), type.frozen);
    if (type instanceof TupleType) return new TupleType(type.types.map((part) => this.at(part)));
    if (type instanceof VectorType) return new VectorType(this.at(type.element), type.dimension);
    if (type instanceof ReversedType) return new ReversedType(this.at(type.base));
    if (type instanceof CompositeType) return new CompositeType(type.components.map((part) => this.at(part)));
    return type;
  }

  private set(type: UserType): void {
    for (const [name, other] of this.byName) this.byName.set(name, withUpdatedUserType(other, type) as UserType);
    this.byName.set(type.name, type);
  }
}
