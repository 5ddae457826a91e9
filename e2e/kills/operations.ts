// What a page is told to do, one operation after the other, by writers that know what each leaves behind.

/** One call of a page; `n` numbers those of its writer. */
export type Operation = { readonly n: number } & Call;

/** What is called. */
export type Call =
  | { readonly kind: 'execute'; readonly cql: string; readonly params?: readonly Value[] }
  | { readonly kind: 'many'; readonly cql: string; readonly rows: readonly (readonly Value[])[] }
  | {
      readonly kind: 'batch';
      readonly queries: readonly { readonly query: string; readonly params?: readonly Value[] }[];
      readonly counter: boolean;
    }
  | { readonly kind: 'import'; readonly id: number }
  | { readonly kind: 'export'; readonly options: { readonly compact: boolean; readonly since?: string } }
  | { readonly kind: 'confirm'; readonly id: string }
  | { readonly kind: 'compact' }
  | { readonly kind: 'flush' };

/** What travels as JSON and is a value of CQL. */
export type Value = string | number | readonly number[];

/** A table as the page read it: the rows of `SELECT *`, but for columns that only take room. */
export interface FoundTable {
  readonly columns: readonly string[];
  /** Counters are text, sets are sorted arrays. */
  readonly rows: readonly (readonly (string | number | null | readonly number[])[])[];
}

/** The rows of a table by their columns' names; none where there is no such table. */
export function recordsOf(
  { tables }: Pick<Found, 'tables'>,
  table: string,
): Record<string, FoundTable['rows'][number][number]>[] {
  const { columns, rows } = tables[table] ?? { columns: [], rows: [] };
  return rows.map((row) => Object.fromEntries(row.map((value, i) => [columns[i], value])));
}

/** What a page found in a store that it had just opened. */
export interface Found {
  /** By `keyspace.table`. */
  readonly tables: Readonly<Record<string, FoundTable>>;
  readonly exports: readonly { readonly id: string; readonly confirmed: boolean }[];
}

/** One who has operations carried out in a page, and says of a store whether it holds what they left. */
export interface Writer {
  readonly name: string;
  /** How many of its operations may be under way at one time. */
  readonly width: number;
  /** How many operations may be given that nobody has acknowledged. */
  readonly window: number;
  /** Operations that were given and of which nothing was heard. */
  readonly open: number;
  /** The next operation. */
  next(): Operation;
  /** An operation was acknowledged: it may not be lost any more. `told`: what it resolved with. */
  acknowledge(n: number, told: unknown): void;
  /**
   * Compares with a store that was opened anew. What is there of operations that nobody acknowledged counts as done from now on; the rest
   * was not. Returns what is wrong, null if nothing is.
   */
  settle(found: Found): string | null;
}
