import type { NativeTypeName } from '../tokens.ts';
import type { Positioned, QualifiedName } from './names.ts';

/** A type as it is written; user types are names that a schema has yet to resolve (Cassandra: CQL3Type.Raw). */
export type TypeNode =
  | NativeTypeNode
  | ListTypeNode
  | SetTypeNode
  | MapTypeNode
  | TupleTypeNode
  | VectorTypeNode
  | FrozenTypeNode
  | UserTypeNode
  | CustomTypeNode;

/** `int`, `text`, `varchar`, … */
export interface NativeTypeNode extends Positioned {
  readonly kind: 'native';
  readonly name: NativeTypeName;
}

/** `list<element>` */
export interface ListTypeNode extends Positioned {
  readonly kind: 'list';
  readonly element: TypeNode;
}

/** `set<element>` */
export interface SetTypeNode extends Positioned {
  readonly kind: 'set';
  readonly element: TypeNode;
}

/** `map<key, value>` */
export interface MapTypeNode extends Positioned {
  readonly kind: 'map';
  readonly key: TypeNode;
  readonly value: TypeNode;
}

/** `tuple<a, b, …>`: at least one element. */
export interface TupleTypeNode extends Positioned {
  readonly kind: 'tuple';
  readonly elements: readonly TypeNode[];
}

/** `vector<element, dimension>`: any 32-bit number parses; whoever makes the type refuses what is not positive. */
export interface VectorTypeNode extends Positioned {
  readonly kind: 'vector';
  readonly element: TypeNode;
  readonly dimension: number;
}

/** `frozen<inner>`; the parser refuses native and custom types inside, as Cassandra's does. */
export interface FrozenTypeNode extends Positioned {
  readonly kind: 'frozen';
  readonly inner: TypeNode;
}

/** The name of a user type. */
export interface UserTypeNode extends Positioned {
  readonly kind: 'userType';
  readonly name: QualifiedName;
}

/** `'org.example.Type'`: a Java class. Whether there is such a class is for whoever makes the type. */
export interface CustomTypeNode extends Positioned {
  readonly kind: 'custom';
  readonly className: string;
}
