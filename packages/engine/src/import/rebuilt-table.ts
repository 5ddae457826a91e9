import {
  type ColumnKind,
  type ColumnMetadata,
  CompositeType,
  type CqlType,
  defaultTableParams,
  TableMetadata,
  type Uuid,
} from '@cassette/cql';
import { type SerializationHeader, typeOf, withoutReversed } from '@cassette/sstable';
import type { HeaderTypes } from './header-types.ts';
import { ImportError } from './import-error.ts';
import type { ImportedHeader } from './plan-schema.ts';

/**
 * Collects the user types that headers of a table tell: those of all columns, or of those that are `wanted`, which no key column is. Throws
 * ImportError SCHEMA_MISMATCH where they contradict each other or others that are known, but for types that are here (`isHere`), and
 * CorruptionError for types that are none.
 */
export function collectTypes(
  table: string,
  headers: readonly ImportedHeader[],
  types: HeaderTypes,
  { wanted, isHere }: { wanted?(column: string): boolean; isHere?(type: string): boolean } = {},
): void {
  for (const { header, file } of headers) {
    const columns = [...header.staticColumns, ...header.regularColumns].filter(({ name }) => wanted?.(name) ?? true);
    const names = [...(wanted === undefined ? keyTypes(header) : []), ...columns.map((column) => column.type)];
    for (const name of names) {
      const contradiction = types.add(typeOf(name, file));
      if (contradiction === null || isHere?.(contradiction.type)) continue;
      const { type, field } = contradiction;
      throw new ImportError(
        'SCHEMA_MISMATCH',
        `field ${field} of type ${type} is in the headers of ${table}, of which ${file} is one, and elsewhere another one: give the schema in the option 'schema'`,
        { table, column: field },
      );
    }
  }
}

/** Those of the partition key and of the clustering, without their order. */
function keyTypes(header: SerializationHeader): string[] {
  return [header.keyType, ...header.clusteringTypes.map((text) => withoutReversed(text).type)];
}

/**
 * A table as the headers of its SSTables tell, of which {@link collectTypes} has the user types. Key columns are called as Cassandra called those that had no
 * name: `key`, `key2`, …, `column1`, `column2`, …. Throws ImportError SCHEMA_MISMATCH where the headers are of different tables,
 * CorruptionError for types that are none.
 */
export function rebuiltTable(
  keyspace: string,
  name: string,
  id: Uuid,
  headers: readonly ImportedHeader[],
  types: HeaderTypes,
): TableMetadata {
  const at = (type: CqlType) => types.at(type);
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
  const shapeOf = ({ header, file }: ImportedHeader) =>
    [
      ...keyTypes(header).map((type) => at(typeOf(type, file)).marshalName()),
      ...header.clusteringTypes.map((text) => withoutReversed(text).descending),
    ].join();
  for (const { header, file } of headers) {
    if (shapeOf({ header, file }) !== shapeOf(headers[0])) {
      throw new ImportError('SCHEMA_MISMATCH', `${file} and ${firstFile} have different keys: they are of different tables`, {
        table: `${keyspace}.${name}`,
        column: null,
      });
    }
    for (const kind of ['static', 'regular'] as const) {
      for (const column of kind === 'static' ? header.staticColumns : header.regularColumns) {
        const type = at(typeOf(column.type, file));
        const known = others.get(column.name);
        if (known === undefined) add(column.name, kind, 0, type);
        else if (known !== kind + type.marshalName()) {
          throw new ImportError(
            'SCHEMA_MISMATCH',
            `column ${column.name} has different types in the headers of ${keyspace}.${name}, of which ${file} is one: give the schema in the option 'schema'`,
            { table: `${keyspace}.${name}`, column: column.name },
          );
        }
        others.set(column.name, kind + type.marshalName());
      }
    }
  }
  return new TableMetadata({ keyspace, name, id, columns, params: defaultTableParams, nextColumnId: columns.length });
}
