import { type CqlType, parseMarshalType } from '@cassette/cql';

/** A column of a result. Cassandra: cql3.ColumnSpecification. */
export interface ColumnSpec {
  readonly keyspace: string;
  readonly table: string;
  /** The alias, the column's name, or for other selectors their text: `writetime(v)`. */
  readonly name: string;
  readonly type: CqlType;
}

/** A {@link ColumnSpec} as plain data: the type by its marshal name, which tells user types in full. */
export interface TransferableColumnSpec {
  readonly keyspace: string;
  readonly table: string;
  readonly name: string;
  readonly type: string;
}

/** The spec as plain data. */
export function columnSpecToTransfer(spec: ColumnSpec): TransferableColumnSpec {
  return { keyspace: spec.keyspace, table: spec.table, name: spec.name, type: spec.type.marshalName() };
}

/** The spec of plain data. */
export function columnSpecFromTransfer(spec: TransferableColumnSpec): ColumnSpec {
  return { keyspace: spec.keyspace, table: spec.table, name: spec.name, type: parseMarshalType(spec.type) };
}
