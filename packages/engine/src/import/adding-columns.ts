import { type ColumnMetadata, type CqlType, quoteIdentifier, type TableMetadata, UserType } from '@cassette/cql';

/**
 * What adds columns to a table, as CQL for people, without the last semicolon: before it what makes the user types in them, but for those that
 * are there (`isHere`).
 */
export function addingColumns(
  table: TableMetadata,
  columns: readonly ColumnMetadata[],
  isHere: (type: UserType) => boolean,
): string {
  const types = columns.flatMap((column) => userTypesIn(column.type)).filter((type) => !isHere(type));
  const creates = [...new Set(types.map(creating))].map((statement) => `${statement}; `).join('');
  const list = columns
    .map(({ name, type, kind }) => `${quoteIdentifier(name)} ${type.cqlName()}${kind === 'static' ? ' static' : ''}`)
    .join(', ');
  const added = columns.length === 1 ? list : `(${list})`;
  return `${creates}ALTER TABLE ${quoteIdentifier(table.keyspace)}.${quoteIdentifier(table.name)} ADD ${added}`;
}

function creating({ keyspace, name, fields }: UserType): string {
  const list = fields.map((field) => `${quoteIdentifier(field.name)} ${field.type.cqlName()}`).join(', ');
  return `CREATE TYPE ${quoteIdentifier(keyspace)}.${quoteIdentifier(name)} (${list})`;
}

/** The user types in a type, each behind those that it has in it. */
function userTypesIn(type: CqlType): UserType[] {
  return [...type.subTypes.flatMap(userTypesIn), ...(type instanceof UserType ? [type] : [])];
}
