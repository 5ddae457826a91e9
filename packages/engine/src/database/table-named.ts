import { InvalidRequestError, type Schema, type TableMetadata } from '@cassette/cql';

/** The table of a name, `keyspace.table` or `table` in the keyspace at hand, as the schema spells it. Throws InvalidRequestError. */
export function tableNamed(schema: Schema, name: string, keyspace: string): TableMetadata {
  if (typeof name !== 'string') throw new InvalidRequestError(`A table is named by text, not ${String(name)}`);
  const dot = name.indexOf('.');
  const table = dot < 0 ? schema.table(keyspace, name) : schema.table(name.slice(0, dot), name.slice(dot + 1));
  if (table === undefined) throw new InvalidRequestError(`There is no table ${dot < 0 ? `${keyspace}.${name}` : name}`);
  return table;
}
