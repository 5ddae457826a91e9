import type { StatementBase } from './data-statements.ts';
import type { Identifier, Positioned, QualifiedName } from './names.ts';
import type { IntegerLiteral, Literal, MapTerm, Term } from './terms.ts';
import type { TypeNode } from './types.ts';

/** One `name = value` of a WITH. The parser refuses a name that comes twice, and in maps a key that comes twice. */
export interface Property extends Positioned {
  readonly name: string;
  readonly value: PropertyValue;
}

/** A constant, a bare keyword (`'keyword'`), or a map whose keys and values are constants. */
export type PropertyValue = Literal | KeywordValue | PropertyMap;

/** A keyword without quotes as a property's value, in the case that was written; means the same as a string. */
export interface KeywordValue extends Positioned {
  readonly kind: 'keyword';
  readonly text: string;
}

/** A map whose keys and values are constants. */
export interface PropertyMap extends MapTerm {
  readonly entries: readonly { readonly key: Literal; readonly value: Literal }[];
}

/** CREATE KEYSPACE. */
export interface CreateKeyspaceStatement extends StatementBase {
  readonly kind: 'createKeyspace';
  readonly keyspace: Identifier;
  readonly ifNotExists: boolean;
  readonly properties: readonly Property[];
}

/** ALTER KEYSPACE. */
export interface AlterKeyspaceStatement extends StatementBase {
  readonly kind: 'alterKeyspace';
  readonly keyspace: Identifier;
  readonly ifExists: boolean;
  readonly properties: readonly Property[];
}

/** DROP KEYSPACE. */
export interface DropKeyspaceStatement extends StatementBase {
  readonly kind: 'dropKeyspace';
  readonly keyspace: Identifier;
  readonly ifExists: boolean;
}

/** A column in CREATE TABLE or ALTER TABLE … ADD. */
export interface ColumnDefinition extends Positioned {
  readonly name: Identifier;
  readonly type: TypeNode;
  readonly static: boolean;
  readonly mask: ColumnMask | null;
}

/** `MASKED WITH DEFAULT` (null function) or `MASKED WITH f(…)`. */
export interface ColumnMask extends Positioned {
  readonly function: QualifiedName | null;
  readonly args: readonly Term[];
}

/** `PRIMARY KEY ((a, b), c)`, or `PRIMARY KEY` behind a column (`inline`), which is a partition key of that column. */
export interface PrimaryKeyDefinition extends Positioned {
  readonly inline: boolean;
  readonly partitionKey: readonly Identifier[];
  readonly clustering: readonly Identifier[];
}

/** One column of CLUSTERING ORDER BY. */
export interface ClusteringOrder extends Positioned {
  readonly column: Identifier;
  readonly direction: 'asc' | 'desc';
}

/** CREATE TABLE (Cassandra: CreateTableStatement.Raw). */
export interface CreateTableStatement extends StatementBase {
  readonly kind: 'createTable';
  readonly table: QualifiedName;
  readonly ifNotExists: boolean;
  readonly columns: readonly ColumnDefinition[];
  /** All that were written, those behind columns first; a valid table has exactly one. */
  readonly primaryKeys: readonly PrimaryKeyDefinition[];
  /** Where WITH COMPACT STORAGE is, or null. */
  readonly compactStorage: Positioned | null;
  readonly clusteringOrder: readonly ClusteringOrder[];
  readonly properties: readonly Property[];
}

/** ALTER TABLE. */
export interface AlterTableStatement extends StatementBase {
  readonly kind: 'alterTable';
  readonly table: QualifiedName;
  readonly ifExists: boolean;
  readonly action: AlterTableAction;
}

/** What an ALTER TABLE does. `ifExists` and `ifNotExists` are about the columns. */
export type AlterTableAction =
  | { readonly kind: 'alterColumnType'; readonly column: Identifier; readonly type: TypeNode }
  /** A null mask is DROP MASKED. */
  | { readonly kind: 'maskColumn'; readonly column: Identifier; readonly ifExists: boolean; readonly mask: ColumnMask | null }
  | { readonly kind: 'addColumns'; readonly ifNotExists: boolean; readonly columns: readonly ColumnDefinition[] }
  | {
      readonly kind: 'dropColumns';
      readonly ifExists: boolean;
      readonly columns: readonly Identifier[];
      /** Microseconds: only older writes are dropped. */
      readonly timestamp: IntegerLiteral | null;
    }
  | { readonly kind: 'dropCompactStorage' }
  | { readonly kind: 'renameColumns'; readonly ifExists: boolean; readonly renames: readonly Rename[] }
  | { readonly kind: 'alterProperties'; readonly properties: readonly Property[] };

/** `from TO to` */
export interface Rename {
  readonly from: Identifier;
  readonly to: Identifier;
}

/** DROP TABLE. */
export interface DropTableStatement extends StatementBase {
  readonly kind: 'dropTable';
  readonly table: QualifiedName;
  readonly ifExists: boolean;
}

/** A field of a user type. */
export interface FieldDefinition extends Positioned {
  readonly name: Identifier;
  readonly type: TypeNode;
}

/** CREATE TYPE. */
export interface CreateTypeStatement extends StatementBase {
  readonly kind: 'createType';
  readonly name: QualifiedName;
  readonly ifNotExists: boolean;
  readonly fields: readonly FieldDefinition[];
}

/** ALTER TYPE. */
export interface AlterTypeStatement extends StatementBase {
  readonly kind: 'alterType';
  readonly name: QualifiedName;
  readonly ifExists: boolean;
  readonly action: AlterTypeAction;
}

/** What an ALTER TYPE does. `ifExists` and `ifNotExists` are about the fields. */
export type AlterTypeAction =
  | { readonly kind: 'alterFieldType'; readonly field: Identifier; readonly type: TypeNode }
  | { readonly kind: 'addField'; readonly ifNotExists: boolean; readonly field: FieldDefinition }
  | { readonly kind: 'renameFields'; readonly ifExists: boolean; readonly renames: readonly Rename[] };

/** DROP TYPE. */
export interface DropTypeStatement extends StatementBase {
  readonly kind: 'dropType';
  readonly name: QualifiedName;
  readonly ifExists: boolean;
}

/** CREATE INDEX; a CREATE CUSTOM INDEX is an {@link UnsupportedStatement}. */
export interface CreateIndexStatement extends StatementBase {
  readonly kind: 'createIndex';
  readonly name: Identifier | null;
  readonly ifNotExists: boolean;
  readonly table: QualifiedName;
  readonly targets: readonly IndexTarget[];
  /** The implementation that `USING '…'` names, e.g. `sai`, or null. */
  readonly using: string | null;
  readonly properties: readonly Property[];
}

/** A column to index, or a part of its collection. */
export interface IndexTarget extends Positioned {
  readonly kind: 'simple' | 'values' | 'keys' | 'entries' | 'full';
  readonly column: Identifier;
}

/** DROP INDEX. */
export interface DropIndexStatement extends StatementBase {
  readonly kind: 'dropIndex';
  readonly name: QualifiedName;
  readonly ifExists: boolean;
}

/** A statement that Cassandra has and Cassette doesn't: its first words tell, the rest is not looked at. */
export interface UnsupportedStatement extends StatementBase {
  readonly kind: 'unsupported';
  /** The words that told, e.g. `CREATE MATERIALIZED VIEW`. */
  readonly what: string;
  /** The whole statement as written. */
  readonly text: string;
}
