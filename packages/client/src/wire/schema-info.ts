// The schema as plain data, for pages that show it.

/** A column; names as stored, types as CQL writes them. */
export interface ColumnInfo {
  readonly name: string;
  readonly type: string;
  readonly kind: 'partition_key' | 'clustering' | 'static' | 'regular';
  /** Clustering columns only: stored in descending order. */
  readonly descending: boolean;
}

/** A table, its columns in the order of SELECT *. */
export interface TableInfo {
  readonly keyspace: string;
  readonly name: string;
  readonly columns: readonly ColumnInfo[];
}

/** A user-defined type. */
export interface TypeInfo {
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly type: string }[];
}

/** A keyspace with what is in it, by name. */
export interface KeyspaceInfo {
  readonly name: string;
  readonly tables: readonly TableInfo[];
  readonly types: readonly TypeInfo[];
}
