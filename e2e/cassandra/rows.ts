/**
 * A cell as Cassandra's SELECT gives it. `json` is the text that SELECT JSON prints for the value, kept as text because numbers in it
 * may need more than a double. `hex` holds the value's bytes where that text does not determine them (NaN, infinities, an empty int), and
 * only `Judge.rows` fills it. Write times are microseconds in decimal, TTLs the remaining seconds; a collection or user type that is
 * not frozen has a list of each, and columns of the primary key have neither.
 */
export interface CellView {
  readonly json: string | null;
  readonly hex?: string;
  readonly writetime?: string | readonly (string | null)[] | null;
  readonly ttl?: number | readonly (number | null)[] | null;
}

/** A row by column name, in the order of SELECT *; null where the row has no value. */
export type RowView = Readonly<Record<string, CellView | null>>;
