import { CassetteError, CorruptionError } from '@cassette/bytes';
import {
  type ColumnKind,
  type ColumnMetadata,
  CompositeType,
  type CqlType,
  defaultTableParams,
  parseMarshalType,
  TableMetadata,
  Uuid,
} from '@cassette/cql';
import { type HeaderColumn, type SerializationHeader, withoutReversed } from '../header/index.ts';
import type { Version } from '../version/index.ts';
import { DataLayout, inStorageOrder, type StoredColumn } from './data-layout.ts';

/**
 * The layout of an SSTable of that header, as `table` sees it. `file` is Statistics.db's name, for messages. Throws
 * CorruptionError where a type is not one, where columns are out of order, or where the clustering columns are not the table's.
 */
export function layoutOfHeader(header: SerializationHeader, version: Version, table: TableMetadata, file: string): DataLayout {
  const clustering = header.clusteringTypes.map((name) => {
    const { type, descending } = withoutReversed(name);
    return { type: parsed(type, file), descending };
  });
  if (clustering.length !== table.clustering.length) {
    throw new CorruptionError(
      `the header has ${clustering.length} clustering columns, table ${table} ${table.clustering.length}`,
      file,
      0,
    );
  }
  const keyType = parsed(header.keyType, file);
  const keyParts = keyType instanceof CompositeType ? keyType.components : [keyType];
  const wanted = keyTypes(table);
  if (keyParts.length !== wanted.length || keyParts.some(({ fixedLength }, i) => fixedLength !== wanted[i].fixedLength)) {
    throw new CorruptionError(`the header has a partition key of type ${header.keyType}, table ${table} another`, file, 0);
  }
  clustering.forEach((column, i) => {
    const { type, descending, name } = table.clustering[i];
    // Types may have been altered to a compatible one; what must be the same is how values are framed and which way they sort.
    if (column.descending !== descending || column.type.fixedLength !== type.fixedLength) {
      throw new CorruptionError(`clustering column ${name} of table ${table} is another one in the header`, file, 0);
    }
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
  const keyType = parsed(header.keyType, file);
  add('partition_key', 0, 'PartitionKey', keyType);
  header.clusteringTypes.forEach((text, i) => {
    const { type, descending } = withoutReversed(text);
    add('clustering', i, `clustering${i === 0 ? '' : i}`, parsed(type, file), descending);
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
  const result = columns.map(({ name, type }) => ({ name, type: parsed(type, file) }));
  if (!inStorageOrder(result)) throw new CorruptionError('the columns of the header are not in storage order', file, 0);
  return result;
}

function parsed(name: string, file: string): CqlType {
  try {
    return parseMarshalType(name);
  } catch (error) {
    if (!(error instanceof CassetteError)) throw error;
    throw new CorruptionError(`the header has a type that can't be read: ${error.message}`, file, 0, { type: name }, error);
  }
}
