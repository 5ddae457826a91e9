import type { BindMarker, Identifier, Positioned, QualifiedName } from './names.ts';
import type { ArithmeticOperator, Literal, NullTerm, Term } from './terms.ts';
import type { NativeTypeNode, TypeNode } from './types.ts';

/** What can be selected, or grouped by (Cassandra: Selectable.Raw). Like a {@link Term}, but it knows columns. */
export type Selectable =
  | ColumnSelector
  | Literal
  | NullTerm
  | BindMarker
  | CountAllSelector
  | ColumnMetadataSelector
  | FunctionSelector
  | CastSelector
  | FieldSelector
  | ElementSelector
  | SliceSelector
  | TypeHintSelector
  | ListSelector
  | SetSelector
  | MapOrUdtSelector
  | TupleSelector
  | BinarySelector
  | NegateSelector;

/** A column. */
export interface ColumnSelector extends Positioned {
  readonly kind: 'column';
  readonly name: string;
}

/** `count(*)`. `count(1)` is a function of a literal that counts the same. */
export interface CountAllSelector extends Positioned {
  readonly kind: 'countAll';
}

/** `writetime(c)`, `maxwritetime(c)`, `ttl(c)`; `of` is a column, with elements, slices or fields selected from it. */
export interface ColumnMetadataSelector extends Positioned {
  readonly kind: 'columnMetadata';
  readonly function: 'writetime' | 'maxwritetime' | 'ttl';
  readonly of: ColumnSelector | FieldSelector | ElementSelector | SliceSelector;
}

/** `f(a, b)` */
export interface FunctionSelector extends Positioned {
  readonly kind: 'function';
  readonly name: QualifiedName;
  readonly args: readonly Selectable[];
}

/** `CAST(operand AS type)` */
export interface CastSelector extends Positioned {
  readonly kind: 'cast';
  readonly operand: Selectable;
  readonly type: NativeTypeNode;
}

/** `of.field` */
export interface FieldSelector extends Positioned {
  readonly kind: 'field';
  readonly of: Selectable;
  readonly field: Identifier;
}

/** `of[key]` */
export interface ElementSelector extends Positioned {
  readonly kind: 'element';
  readonly of: Selectable;
  readonly key: Term;
}

/** `of[from..to]`; null where a side is left out, but never both. */
export interface SliceSelector extends Positioned {
  readonly kind: 'slice';
  readonly of: Selectable;
  readonly from: Term | null;
  readonly to: Term | null;
}

/** `(type) operand` */
export interface TypeHintSelector extends Positioned {
  readonly kind: 'typeHint';
  readonly type: TypeNode;
  readonly operand: Selectable;
}

/** `[a, b]`: a list or a vector. */
export interface ListSelector extends Positioned {
  readonly kind: 'list';
  readonly elements: readonly Selectable[];
}

/** `{a, b}`, or the empty set or map. */
export interface SetSelector extends Positioned {
  readonly kind: 'set';
  readonly elements: readonly Selectable[];
}

/** `{k: v}`: a map, or a user type's value if the keys are fields: the type decides (Cassandra: WithMapOrUdt). */
export interface MapOrUdtSelector extends Positioned {
  readonly kind: 'mapOrUdt';
  readonly entries: readonly MapOrUdtEntry[];
}

/** One `key: value`; a field's name is a {@link ColumnSelector}. */
export interface MapOrUdtEntry {
  readonly key: Selectable;
  readonly value: Selectable;
}

/** `(a, b)`: a tuple; with one element also just parentheses (Cassandra: BetweenParenthesesOrWithTuple). */
export interface TupleSelector extends Positioned {
  readonly kind: 'tuple';
  readonly elements: readonly Selectable[];
}

/** `left operator right`. `pos` is that of the operator. */
export interface BinarySelector extends Positioned {
  readonly kind: 'binary';
  readonly operator: ArithmeticOperator;
  readonly left: Selectable;
  readonly right: Selectable;
}

/** `- operand`, where the minus is not part of a number. */
export interface NegateSelector extends Positioned {
  readonly kind: 'negate';
  readonly operand: Selectable;
}
