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

/** Types by marshal name: the columns of a result come with every page of it. */
const types = new Map<string, CqlType>();
const TYPES_MAX = 1000;

/** The spec of plain data. */
export function columnSpecFromTransfer(spec: TransferableColumnSpec): ColumnSpec {
  let type = types.get(spec.type);
  if (type === undefined) {
    type = parseMarshalType(spec.type);
    if (types.size < TYPES_MAX) types.set(spec.type, type);
  }
  return { keyspace: spec.keyspace, table: spec.table, name: spec.name, type };
}
