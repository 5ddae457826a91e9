import type { BindMarker, Identifier, Positioned } from './names.ts';
import type { Term, TupleTerm } from './terms.ts';

/** The operators that every kind of relation and condition takes. */
export type ComparisonOperator = '=' | '<' | '<=' | '>' | '>=' | '!=';

/** One part of a WHERE; parts are joined by AND (Cassandra: Relation). `pos` is where it begins. */
export type Relation =
  | ColumnRelation
  | ColumnInRelation
  | NotNullRelation
  | ElementRelation
  | ColumnsRelation
  | ColumnsInRelation
  | TokenRelation
  | IndexExpression;

/** `column operator value` */
export interface ColumnRelation extends Positioned {
  readonly kind: 'column';
  readonly column: Identifier;
  readonly operator: ComparisonOperator | 'LIKE' | 'CONTAINS' | 'CONTAINS KEY';
  readonly value: Term;
}

/** `column IN (a, b)` or `column IN ?` */
export interface ColumnInRelation extends Positioned {
  readonly kind: 'in';
  readonly column: Identifier;
  readonly values: InValues<Term>;
}

/** `(a, b)` written out, maybe empty; or one marker for all of them. */
export type InValues<T> = ValueList<T> | BindMarker;

/** The written values of an IN. */
export interface ValueList<T> extends Positioned {
  readonly kind: 'values';
  readonly values: readonly T[];
}

/** `column IS NOT NULL` */
export interface NotNullRelation extends Positioned {
  readonly kind: 'notNull';
  readonly column: Identifier;
}

/** `column[key] operator value` */
export interface ElementRelation extends Positioned {
  readonly kind: 'element';
  readonly column: Identifier;
  readonly key: Term;
  readonly operator: ComparisonOperator;
  readonly value: Term;
}

/** `(a, b) operator (x, y)` or `(a, b) operator ?` (Cassandra: MultiColumnRelation). */
export interface ColumnsRelation extends Positioned {
  readonly kind: 'columns';
  readonly columns: readonly Identifier[];
  readonly operator: ComparisonOperator;
  readonly value: TupleTerm | BindMarker;
}

/** `(a, b) IN ((x, y), …)`, `(a, b) IN (?, …)` or `(a, b) IN ?`; written values are all tuples or all markers. */
export interface ColumnsInRelation extends Positioned {
  readonly kind: 'columnsIn';
  readonly columns: readonly Identifier[];
  readonly values: InValues<TupleTerm | BindMarker>;
}

/** `token(a, b) operator value` */
export interface TokenRelation extends Positioned {
  readonly kind: 'token';
  readonly columns: readonly Identifier[];
  readonly operator: ComparisonOperator;
  readonly value: Term;
}

/** `expr(index, value)`: an expression for a custom index. */
export interface IndexExpression extends Positioned {
  readonly kind: 'indexExpression';
  readonly index: Identifier;
  readonly value: Term;
}

/** A column, or one element or field of it: what DELETE names and IF looks at. */
export type ColumnTarget =
  | (Positioned & { readonly kind: 'column'; readonly column: Identifier })
  | (Positioned & { readonly kind: 'element'; readonly column: Identifier; readonly key: Term })
  | (Positioned & { readonly kind: 'field'; readonly column: Identifier; readonly field: Identifier });

/** One part of an IF; parts are joined by AND (Cassandra: ColumnCondition). CONTAINS comes with whole columns only. */
export type ColumnCondition =
  | (Positioned & {
      readonly kind: 'compare';
      readonly target: ColumnTarget;
      readonly operator: ComparisonOperator | 'CONTAINS' | 'CONTAINS KEY';
      readonly value: Term;
    })
  | (Positioned & { readonly kind: 'in'; readonly target: ColumnTarget; readonly values: InValues<Term> });
