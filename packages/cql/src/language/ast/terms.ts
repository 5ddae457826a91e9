import type { BindMarker, Identifier, Positioned, QualifiedName } from './names.ts';
import type { NativeTypeNode, TypeNode } from './types.ts';

/** A constant: its text is kept as written, and becomes a value when a type is known (Cassandra: Constants.Literal). */
export type Literal =
  | StringLiteral
  | IntegerLiteral
  | FloatLiteral
  | BooleanLiteral
  | DurationLiteral
  | UuidLiteral
  | BlobLiteral;

/** `'it''s'` or `$$it's$$`, both as `it's`. */
export interface StringLiteral extends Positioned {
  readonly kind: 'string';
  readonly value: string;
}

/** `-42`: any number of digits. */
export interface IntegerLiteral extends Positioned {
  readonly kind: 'integer';
  readonly text: string;
}

/** `1.5`, `1.`, `1e3`, and, in this spelling, `NaN`, `-NaN`, `Infinity`, `-Infinity`. */
export interface FloatLiteral extends Positioned {
  readonly kind: 'float';
  readonly text: string;
}

/** `true` or `false`. */
export interface BooleanLiteral extends Positioned {
  readonly kind: 'boolean';
  readonly value: boolean;
}

/** `1y2mo3d`, `P1Y2M3D`, `P1W` or `P0001-02-03T04:05:06`, with a minus before it or not. */
export interface DurationLiteral extends Positioned {
  readonly kind: 'duration';
  readonly text: string;
}

/** `123e4567-e89b-12d3-a456-426614174000`, in the case that was written. */
export interface UuidLiteral extends Positioned {
  readonly kind: 'uuid';
  readonly text: string;
}

/** `0xCAFE`, with the 0x and in the case that was written; the count of digits may be odd, which a type will refuse. */
export interface BlobLiteral extends Positioned {
  readonly kind: 'blob';
  readonly text: string;
}

/** `null` */
export interface NullTerm extends Positioned {
  readonly kind: 'null';
}

/** A value as a statement gives it (Cassandra: Term.Raw). It knows no columns. */
export type Term =
  | Literal
  | NullTerm
  | BindMarker
  | ListTerm
  | SetTerm
  | MapTerm
  | UdtTerm
  | TupleTerm
  | FunctionTerm
  | CastTerm
  | TypeHintTerm
  | BinaryTerm
  | NegateTerm;

/** `[a, b]`: a list or a vector, which the type tells. */
export interface ListTerm extends Positioned {
  readonly kind: 'list';
  readonly elements: readonly Term[];
}

/** `{a, b}`; without elements it is also the empty map. */
export interface SetTerm extends Positioned {
  readonly kind: 'set';
  readonly elements: readonly Term[];
}

/** `{k: v, …}` with at least one entry (but for property maps, where `{}` is a map). */
export interface MapTerm extends Positioned {
  readonly kind: 'map';
  readonly entries: readonly MapEntry[];
}

/** One `key: value` of a map. */
export interface MapEntry {
  readonly key: Term;
  readonly value: Term;
}

/** `{field: value, …}`: a user type's value. Fields may come in any order and be missing. */
export interface UdtTerm extends Positioned {
  readonly kind: 'udt';
  readonly fields: readonly UdtField[];
}

/** One `field: value` of a user type's value. */
export interface UdtField {
  readonly name: Identifier;
  readonly value: Term;
}

/** `(a, b)`: a tuple; with one element also a term in parentheses, as in `(1 + 2) * 3`. */
export interface TupleTerm extends Positioned {
  readonly kind: 'tuple';
  readonly elements: readonly Term[];
}

/** `f(a, b)` */
export interface FunctionTerm extends Positioned {
  readonly kind: 'function';
  readonly name: QualifiedName;
  readonly args: readonly Term[];
}

/** `CAST(operand AS type)` */
export interface CastTerm extends Positioned {
  readonly kind: 'cast';
  readonly operand: Term;
  readonly type: NativeTypeNode;
}

/** `(type) operand`: says which type the operand has; converts nothing (Cassandra: TypeCast). */
export interface TypeHintTerm extends Positioned {
  readonly kind: 'typeHint';
  readonly type: TypeNode;
  readonly operand: Term;
}

/** The arithmetic operators; `* / %` bind tighter than `+ -`, all to the left. */
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

/** `left operator right`. `pos` is that of the operator. */
export interface BinaryTerm extends Positioned {
  readonly kind: 'binary';
  readonly operator: ArithmeticOperator;
  readonly left: Term;
  readonly right: Term;
}

/** `- operand`, where the minus is not part of a number. */
export interface NegateTerm extends Positioned {
  readonly kind: 'negate';
  readonly operand: Term;
}

/** A number that is written or bound: LIMIT, TTL, TIMESTAMP. */
export type IntegerTerm = IntegerLiteral | BindMarker;
