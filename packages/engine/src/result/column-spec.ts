import { type CqlType, parseMarshalType } from '@cassette/cql';

/** A column of a result. Cassandra: cql3.ColumnSpecification. */
export interface ColumnSpec {
  readonly keyspace: string;
  readonly table: string;
  /** The alias, the column's name, or for other selectors their text: `writetime(v)`. */
  readonly name: string;
  readonly type: CqlType;
}

/** Columns by the text that they travel as: the same ones come with every result of a statement. */
const columnsOf = new Map<string, readonly ColumnSpec[]>();
const COLUMNS_MAX = 1000;
const textOf = new WeakMap<readonly ColumnSpec[], string>();

/**
 * Columns as one text, made once for a plan's; types by their marshal names, which tell user types in full. With an object for each column, and small
 * buffers that were handed over, an awaited read of one row took a fifth longer.
 */
export function columnsToTransfer(columns: readonly ColumnSpec[]): string {
  let text = textOf.get(columns);
  if (text === undefined) {
    text = JSON.stringify(columns.map(({ keyspace, table, name, type }) => [keyspace, table, name, type.marshalName()]));
    textOf.set(columns, text);
  }
  return text;
}

/** The columns of a text; shared by all results that came with it, so that nobody may change them. */
export function columnsFromTransfer(text: string): readonly ColumnSpec[] {
  let columns = columnsOf.get(text);
  if (columns === undefined) {
    const told = JSON.parse(text) as [string, string, string, string][];
    columns = Object.freeze(
      told.map(([keyspace, table, name, type]) => Object.freeze({ keyspace, table, name, type: parseMarshalType(type) })),
    );
    if (columnsOf.size < COLUMNS_MAX) columnsOf.set(text, columns);
  }
  return columns;
}
