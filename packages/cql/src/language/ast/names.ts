/** Every node that an error can point at knows where it begins: an offset in the source, in UTF-16 units. */
export interface Positioned {
  readonly pos: number;
}

/** The name of a column, table, keyspace, field, …: folded to lower case unless it was quoted (Cassandra: ColumnIdentifier, FieldIdentifier). */
export interface Identifier extends Positioned {
  readonly name: string;
}

/** A name that may say its keyspace: of a table, type, function or index (Cassandra: QualifiedName, UTName, FunctionName). */
export interface QualifiedName extends Positioned {
  readonly keyspace: string | null;
  readonly name: string;
}

/** A place for a value that comes with the execution: `?` or `:name`. */
export interface BindMarker extends Positioned {
  readonly kind: 'marker';
  /** Index in the `bindMarkers` of the whole statement (in a batch: of the batch), counted from 0 in the order of the text. */
  readonly index: number;
  /** The name of `:name`; null for `?`. Several markers may have one name. */
  readonly name: string | null;
}

/** What a statement lists of each of its bind markers. */
export interface BindMarkerInfo extends Positioned {
  readonly name: string | null;
}
