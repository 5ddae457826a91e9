import type { BindMarker, BindMarkerInfo, Identifier, Positioned, QualifiedName } from './names.ts';
import type { ColumnCondition, ColumnTarget, Relation } from './relations.ts';
import type { Selectable } from './selectors.ts';
import type { IntegerTerm, StringLiteral, Term } from './terms.ts';

/** What every statement has. `pos` is the offset of its first word. */
export interface StatementBase extends Positioned {
  /** The bind markers in the order of the text. In a batch the batch has those of all its statements, and these have none of their own. */
  readonly bindMarkers: readonly BindMarkerInfo[];
}

/** SELECT (Cassandra: SelectStatement.RawStatement). */
export interface SelectStatement extends StatementBase {
  readonly kind: 'select';
  readonly json: boolean;
  readonly distinct: boolean;
  /** Empty for `*`. */
  readonly selectors: readonly Selector[];
  readonly table: QualifiedName;
  readonly where: readonly Relation[];
  readonly groupBy: readonly Selectable[];
  readonly orderBy: readonly Ordering[];
  readonly perPartitionLimit: IntegerTerm | null;
  readonly limit: IntegerTerm | null;
  readonly allowFiltering: boolean;
}

/** One result column of a SELECT. */
export interface Selector extends Positioned {
  readonly value: Selectable;
  readonly alias: Identifier | null;
}

/** One part of ORDER BY. */
export interface Ordering extends Positioned {
  readonly column: Identifier;
  /** The vector of `ANN OF`, or null. */
  readonly annOf: Term | null;
  readonly direction: 'asc' | 'desc';
}

/** `USING TIMESTAMP t AND TTL s`: microseconds since 1970 and seconds. Of two timestamps the last one counts, as in Cassandra. */
export interface Using {
  readonly timestamp: IntegerTerm | null;
  readonly ttl: IntegerTerm | null;
}

/** INSERT … VALUES. Columns and values may differ in number here; that is an invalid request, not a syntax error. */
export interface InsertStatement extends StatementBase {
  readonly kind: 'insert';
  readonly table: QualifiedName;
  readonly columns: readonly Identifier[];
  readonly values: readonly Term[];
  readonly ifNotExists: boolean;
  readonly using: Using;
}

/** INSERT … JSON. */
export interface InsertJsonStatement extends StatementBase {
  readonly kind: 'insertJson';
  readonly table: QualifiedName;
  readonly json: StringLiteral | BindMarker;
  /** What columns get that the JSON leaves out: null (the default) or nothing. */
  readonly missing: 'null' | 'unset';
  readonly ifNotExists: boolean;
  readonly using: Using;
}

/** UPDATE. */
export interface UpdateStatement extends StatementBase {
  readonly kind: 'update';
  readonly table: QualifiedName;
  readonly using: Using;
  readonly operations: readonly UpdateOperation[];
  readonly where: readonly Relation[];
  readonly ifExists: boolean;
  /** Empty when there is no IF, or IF EXISTS. */
  readonly conditions: readonly ColumnCondition[];
}

/** One part of a SET (Cassandra: Operation.RawUpdate). `pos` is where it begins. */
export type UpdateOperation =
  /** `c = v` */
  | (Positioned & { readonly kind: 'set'; readonly column: Identifier; readonly value: Term })
  /** `c = c + v`, `c += v`, and `c = c -3` (one number, as the lexer sees it): adds to a counter, number or collection. */
  | (Positioned & { readonly kind: 'add'; readonly column: Identifier; readonly value: Term })
  /** `c = c - v`, `c -= v` */
  | (Positioned & { readonly kind: 'subtract'; readonly column: Identifier; readonly value: Term })
  /** `c = v + c` */
  | (Positioned & { readonly kind: 'prepend'; readonly column: Identifier; readonly value: Term })
  /** `c[k] = v` */
  | (Positioned & { readonly kind: 'setElement'; readonly column: Identifier; readonly key: Term; readonly value: Term })
  /** `c.f = v` */
  | (Positioned & { readonly kind: 'setField'; readonly column: Identifier; readonly field: Identifier; readonly value: Term });

/** DELETE; without targets of whole rows, ranges or partitions. */
export interface DeleteStatement extends StatementBase {
  readonly kind: 'delete';
  readonly targets: readonly ColumnTarget[];
  readonly table: QualifiedName;
  /** A DELETE has no TTL: it is always null. */
  readonly using: Using;
  readonly where: readonly Relation[];
  readonly ifExists: boolean;
  readonly conditions: readonly ColumnCondition[];
}

/** What a batch may hold. */
export type ModificationStatement = InsertStatement | InsertJsonStatement | UpdateStatement | DeleteStatement;

/** BEGIN … BATCH … APPLY BATCH. */
export interface BatchStatement extends StatementBase {
  readonly kind: 'batch';
  readonly type: 'logged' | 'unlogged' | 'counter';
  readonly using: Using;
  readonly statements: readonly ModificationStatement[];
}

/** TRUNCATE. */
export interface TruncateStatement extends StatementBase {
  readonly kind: 'truncate';
  readonly table: QualifiedName;
}

/** USE. */
export interface UseStatement extends StatementBase {
  readonly kind: 'use';
  readonly keyspace: Identifier;
}
