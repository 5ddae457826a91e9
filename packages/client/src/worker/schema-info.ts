import type { Schema } from '@cassette/cql';
import type { KeyspaceInfo } from '../wire/schema-info.ts';

const byName = (a: { readonly name: string }, b: { readonly name: string }) => (a.name < b.name ? -1 : 1);

/** A schema as plain data. */
export function schemaInfo(schema: Schema): KeyspaceInfo[] {
  return [...schema.keyspaces.values()].sort(byName).map((keyspace) => ({
    name: keyspace.name,
    durableWrites: keyspace.durableWrites,
    tables: [...keyspace.tables.values()].sort(byName).map((table) => ({
      keyspace: table.keyspace,
      name: table.name,
      columns: table.columnsInSelectOrder.map(({ name, type, kind, descending }) => ({
        name,
        type: type.cqlName(),
        kind,
        descending,
      })),
    })),
    types: [...keyspace.types.entries()].map(([name, type]) => ({
      name,
      fields: type.fields.map((field) => ({ name: field.name, type: field.type.cqlName() })),
    })),
  }));
}
