import type { ExecuteOptions, ResultSet, Row } from '@cassette/engine';

/** Where {@link TypedStatement} keeps its types. Of the type checker alone: no value has it. */
declare const types: unique symbol;

/** Parameters of a plain string: by position, or by the names of its markers. */
export type Params = readonly unknown[] | Readonly<Record<string, unknown>>;

/**
 * The text of a statement that knows its parameters and rows: `execute` takes those parameters only, and answers those rows. A plain string
 * when it runs. `cassette types` makes them of CQL; so does `'SELECT …' as TypedStatement<…>`, on the writer's word.
 */
export type TypedStatement<P extends object, R extends object> = string & {
  readonly [types]: { readonly params: P; readonly row: R };
};

/** Says that there is no row. Of the type checker alone. */
declare const none: unique symbol;

/** Rows of a statement that answers none: they have no columns. */
export interface NoRow {
  /** The mark of the type; no value has it. */
  readonly [none]: never;
}

/** A UUID as text, what `crypto.randomUUID()` gives. */
export type UuidText = `${string}-${string}-${string}-${string}-${string}`;

/** What a row has besides its columns. */
interface RowMethods<R> {
  /** The value of a column by name or by index from 0. */
  get<K extends keyof R>(column: K): R[K];
  get(column: number): unknown;
  /** Column names in the order of the result. */
  keys(): string[];
  /** Values in the order of the result. */
  values(): unknown[];
  /** Calls back with each value and its column's name. */
  forEach(callback: (value: unknown, name: string) => void): void;
  /** The columns as JSON can hold them: sets are arrays, maps objects, blobs `0x…`, integers of more than 32 bits text. */
  toJSON(): Record<string, unknown>;
}

/** A row of a result with the types of its columns; a column that has the name of a method goes before it. */
export type TypedRow<R> = R & Omit<RowMethods<R>, keyof R>;

/** A result with the types of its rows. */
export interface TypedResultSet<R>
  extends Pick<
      ResultSet,
      'columns' | 'rowLength' | 'pageState' | 'isPaged' | 'info' | 'wasApplied' | 'value' | 'cell' | 'toJSON'
    >,
    Iterable<TypedRow<R>>,
    AsyncIterable<TypedRow<R>> {
  /** The rows of this page. */
  readonly rows: readonly TypedRow<R>[];
  /** The first row, or null where there is none. */
  first(): TypedRow<R> | null;
  /** Row `index`, made anew. */
  row(index: number): TypedRow<R>;
}

/** Parameters of a statement; of a plain string any. */
export type ParamsOf<S extends string> = S extends TypedStatement<infer P, infer _> ? P : Params;

/** A row of a statement; of a plain string any. */
export type RowOf<S extends string> = S extends TypedStatement<infer _, infer R> ? TypedRow<R> : Row;

/** What a statement answers; a plain string any rows. */
export type ResultOf<S extends string> = S extends TypedStatement<infer _, infer R> ? TypedResultSet<R> : ResultSet;

/** The arguments behind a statement: its parameters, which may be left out where it has none, and options. */
export type ArgumentsOf<S extends string, Options = ExecuteOptions> =
  S extends TypedStatement<infer P, infer _>
    ? P extends readonly []
      ? [params?: P | null, options?: Options]
      : [params: P, options?: Options]
    : [params?: Params | null, options?: Options];

/** A statement of a batch with its parameters. */
export interface BoundStatement {
  /** The statement. */
  readonly query: string;
  /** By position or by name; absent where it takes none. */
  readonly params?: Params | object;
}

/**
 * A statement of a batch as it may be: a typed one with parameters of its types, without them only where it takes none; a plain string
 * with any.
 */
export type BatchItem<Q> = Q extends string
  ? StatementAlone<Q>
  : Q extends { readonly query: infer S extends string }
    ? { readonly query: S } & ParamsProperty<S>
    : BoundStatement;

type StatementAlone<S extends string> = S extends TypedStatement<infer P, infer _> ? (P extends readonly [] ? S : never) : S;

type ParamsProperty<S extends string> =
  S extends TypedStatement<infer P, infer _>
    ? P extends readonly []
      ? { readonly params?: P | null }
      : { readonly params: P }
    : { readonly params?: Params | object | null };

/**
 * A statement of a batch, with parameters of its types: `db.batch([bind(insertReadings, reading), bind(touch, ['a'])])`.
 */
export function bind<S extends string>(query: S, ...[params]: ArgumentsOf<S, never>): BoundStatement {
  return params === undefined || params === null ? { query } : { query, params };
}
