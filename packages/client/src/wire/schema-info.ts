// The schema as plain data, for pages that show it.

/** A column; names as stored, types as CQL writes them. */
export interface ColumnInfo {
  /** As stored: without quotes, lower case unless it was quoted. */
  readonly name: string;
  /** As CQL writes it: `frozen<list<int>>`. */
  readonly type: string;
  /** As `system_schema.columns` calls it. */
  readonly kind: 'partition_key' | 'clustering' | 'static' | 'regular';
  /** Clustering columns only: stored in descending order. */
  readonly descending: boolean;
}

/** A table, its columns in the order of SELECT *. */
export interface TableInfo {
  /** The keyspace that it is in. */
  readonly keyspace: string;
  /** As stored. */
  readonly name: string;
  /** In the order of SELECT *. */
  readonly columns: readonly ColumnInfo[];
}

/** A user-defined type. */
export interface TypeInfo {
  /** As stored. */
  readonly name: string;
  /** In the order of their declaration. */
  readonly fields: readonly { readonly name: string; readonly type: string }[];
}

/** A keyspace with what is in it, by name. */
export interface KeyspaceInfo {
  /** As stored. */
  readonly name: string;
  /** Whether its writes go to the log where they say no durability; `durable_writes`. */
  readonly durableWrites: boolean;
  /** By name. */
  readonly tables: readonly TableInfo[];
  /** By name. */
  readonly types: readonly TypeInfo[];
}
