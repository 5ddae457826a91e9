import { CorruptionError } from '@cassette/bytes';
import {
  type ColumnKind,
  type ColumnMetadata,
  CompositeType,
  type CqlType,
  defaultTableParams,
  TableMetadata,
  Uuid,
} from '@cassette/cql';
import { type HeaderColumn, type SerializationHeader, withoutReversed } from '../header/index.ts';
import type { Version } from '../version/index.ts';
import { DataLayout, inStorageOrder, type StoredColumn } from './data-layout.ts';
import { misfitsOf, typeOf } from './header-misfits.ts';
import { unknownTypesOf } from './unknown-type.ts';

/**
 * The layout of an SSTable of that header, as `table` sees it. `file` is Statistics.db's name, for messages. Throws
 * CorruptionError where a type is not one or columns are out of order, UnknownTypeError where Cassandra has no such type, and
 * SchemaMismatchError where the table is another.
 */
export function layoutOfHeader(header: SerializationHeader, version: Version, table: TableMetadata, file: string): DataLayout {
  const wrong = unknownTypesOf(header, file)[0] ?? misfitsOf(header, table, file)[0];
  if (wrong !== undefined) throw wrong;
  const clustering = header.clusteringTypes.map((name, i) => {
    const { type, descending } = withoutReversed(name);
    const stored = typeOf(type, file);
    // The table's own type may have fields that user types got since, and values that are looked for have them.
    return { type: table.clustering[i]?.type ?? stored, descending };
  });
  return new DataLayout(
    {
      clustering,
      staticColumns: stored(header.staticColumns, file),
      regularColumns: stored(header.regularColumns, file),
      ...header.stats,
      compactDeletionTime: version.hasUIntDeletionTime,
    },
    table,
  );
}

/**
 * A table as its SSTable alone tells: the names of key columns are not in the file and are made up as sstabledump makes them up
 * (`PartitionKey`, `clustering`, `clustering1`, …). Throws CorruptionError. Cassandra: tools.Util#metadataFromSSTable.
 */
export function tableOfHeader(header: SerializationHeader, file: string, keyspace = 'keyspace', name = 'table'): TableMetadata {
  const columns: ColumnMetadata[] = [];
  const add = (kind: ColumnKind, position: number, column: string, type: CqlType, descending = false) =>
    columns.push({ name: column, kind, position, type, descending, id: columns.length });
  const keyType = typeOf(header.keyType, file);
  add('partition_key', 0, 'PartitionKey', keyType);
  header.clusteringTypes.forEach((text, i) => {
    const { type, descending } = withoutReversed(text);
    add('clustering', i, `clustering${i === 0 ? '' : i}`, typeOf(type, file), descending);
  });
  for (const column of stored(header.staticColumns, file)) add('static', 0, column.name, column.type);
  for (const column of stored(header.regularColumns, file)) add('regular', 0, column.name, column.type);
  return new TableMetadata({
    keyspace,
    name,
    id: NO_ID,
    columns,
    params: defaultTableParams,
    nextColumnId: columns.length,
  });
}

/** The types of the parts of a partition key, in order. */
export function keyTypes(table: TableMetadata): readonly CqlType[] {
  const { partitionKey } = table;
  if (partitionKey.length > 1) return partitionKey.map((c) => c.type);
  const { type } = partitionKey[0];
  return type instanceof CompositeType ? type.components : [type];
}

const NO_ID = new Uuid(new Uint8Array(16));

function stored(columns: readonly HeaderColumn[], file: string): StoredColumn[] {
  const result = columns.map(({ name, type }) => ({ name, type: typeOf(type, file) }));
  if (!inStorageOrder(result)) throw new CorruptionError('the columns of the header are not in storage order', file, 0);
  return result;
}
