import {
  type ColumnKind,
  type ColumnMetadata,
  CompositeType,
  type CqlType,
  defaultTableParams,
  ListType,
  MapType,
  ReversedType,
  SetType,
  TableMetadata,
  TupleType,
  UserType,
  type Uuid,
  VectorType,
} from '@cassette/cql';
import { typeOf, withoutReversed } from '@cassette/sstable';
import { ImportError } from './import-error.ts';
import type { ImportedHeader } from './plan-schema.ts';

/**
 * A table as the headers of its SSTables tell, and the user types that it needs. Key columns are called as Cassandra called those that had no
 * name: `key`, `key2`, …, `column1`, `column2`, …. Throws ImportError SCHEMA_MISMATCH where the headers are of different tables,
 * CorruptionError for types that are none.
 */
export function rebuiltTable(
  keyspace: string,
  name: string,
  id: Uuid,
  headers: readonly ImportedHeader[],
): { readonly table: TableMetadata; readonly types: readonly UserType[] } {
  const types = new Map<string, UserType>();
  const at = (type: CqlType) => inKeyspace(type, keyspace, types);
  const [{ header: first, file: firstFile }] = headers;
  const columns: ColumnMetadata[] = [];
  const taken = new Set(headers.flatMap(({ header }) => [...header.staticColumns, ...header.regularColumns].map((c) => c.name)));
  const add = (column: string, kind: ColumnKind, position: number, type: CqlType, descending = false) =>
    columns.push({ name: column, kind, position, type, descending, id: columns.length });
  const free = (names: (i: number) => string, from: number): string => {
    let i = from;
    while (taken.has(names(i))) i++;
    taken.add(names(i));
    return names(i);
  };
  const key = typeOf(first.keyType, firstFile);
  const parts = key instanceof CompositeType ? key.components : [key];
  parts.forEach((type, i) => {
    add(
      free((n) => (n === 1 ? 'key' : `key${n}`), i + 1),
      'partition_key',
      i,
      at(type),
    );
  });
  first.clusteringTypes.forEach((text, i) => {
    const { type, descending } = withoutReversed(text);
    add(
      free((n) => `column${n}`, i + 1),
      'clustering',
      i,
      at(typeOf(type, firstFile)),
      descending,
    );
  });
  const others = new Map<string, string>();
  for (const { header, file } of headers) {
    const shape = [header.keyType, ...header.clusteringTypes].join();
    if (shape !== [first.keyType, ...first.clusteringTypes].join()) {
      throw new ImportError('SCHEMA_MISMATCH', `${file} and ${firstFile} have different keys: they are of different tables`, {
        table: `${keyspace}.${name}`,
        column: null,
      });
    }
    for (const kind of ['static', 'regular'] as const) {
      for (const column of kind === 'static' ? header.staticColumns : header.regularColumns) {
        const known = others.get(column.name);
        if (known === undefined) add(column.name, kind, 0, at(typeOf(column.type, file)));
        else if (known !== kind + column.type) {
          throw new ImportError(
            'SCHEMA_MISMATCH',
            `column ${column.name} has different types in the headers of ${keyspace}.${name}, of which ${file} is one: give the schema in the option 'schema'`,
            { table: `${keyspace}.${name}`, column: column.name },
          );
        }
        others.set(column.name, kind + column.type);
      }
    }
  }
  const table = new TableMetadata({ keyspace, name, id, columns, params: defaultTableParams, nextColumnId: columns.length });
  return { table, types: [...types.values()] };
}

/** The type with its user types in that keyspace, all of which are collected. */
function inKeyspace(type: CqlType, keyspace: string, types: Map<string, UserType>): CqlType {
  const at = (part: CqlType) => inKeyspace(part, keyspace, types);
  if (type instanceof UserType) {
    const fields = type.fields.map((field) => ({ name: field.name, type: at(field.type) }));
    types.set(type.name, new UserType(keyspace, type.name, fields, false));
    return new UserType(keyspace, type.name, fields, type.frozen);
  }
  if (type instanceof ListType) return new ListType(at(type.element), type.frozen);
  if (type instanceof SetType) return new SetType(at(type.element), type.frozen);
  if (type instanceof MapType) return new MapType(at(type.key), at(type.value), type.frozen);
  if (type instanceof TupleType) return new TupleType(type.types.map(at));
  if (type instanceof VectorType) return new VectorType(at(type.element), type.dimension);
  if (type instanceof ReversedType) return new ReversedType(at(type.base));
  return type;
}
