import { CassetteError } from '@cassette/bytes';
import { parseMarshalType } from '../types/marshal-name.ts';
import { UserType } from '../types/tuple-type.ts';
import { Uuid } from '../values/uuid.ts';
import type { ColumnKind, ColumnMetadata } from './column-metadata.ts';
import { KeyspaceMetadata } from './keyspace-metadata.ts';
import { Schema } from './schema.ts';
import { type DroppedColumn, TableMetadata } from './table-metadata.ts';
import type { TableParams } from './table-params.ts';

const version = 1;

/** A schema as plain JSON, as the catalog keeps it; types by their marshal names. */
export interface SchemaJson {
  readonly version: number;
  readonly keyspaces: readonly KeyspaceJson[];
}

/** A keyspace in {@link SchemaJson}. */
export interface KeyspaceJson {
  readonly name: string;
  readonly replication: Readonly<Record<string, string>>;
  readonly durableWrites: boolean;
  /** Marshal names of the user types, not frozen: they carry name and fields. */
  readonly types: readonly string[];
  readonly tables: readonly TableJson[];
}

/** A table in {@link SchemaJson}. */
export interface TableJson {
  readonly name: string;
  readonly id: string;
  readonly columns: readonly ColumnJson[];
  readonly params: TableParams;
  readonly dropped: readonly { readonly column: ColumnJson; readonly droppedTime: string }[];
  readonly nextColumnId: number;
}

/** A column in {@link SchemaJson}. */
export interface ColumnJson {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly position: number;
  readonly type: string;
  readonly descending: boolean;
  readonly id: number;
}

/** The schema as plain JSON. */
export function schemaToJson(schema: Schema): SchemaJson {
  return {
    version,
    keyspaces: [...schema.keyspaces.values()].map((keyspace) => ({
      name: keyspace.name,
      replication: keyspace.replication,
      durableWrites: keyspace.durableWrites,
      types: [...keyspace.types.values()].map((type) => type.marshalName()),
      tables: [...keyspace.tables.values()].map(tableToJson),
    })),
  };
}

/** The schema of what {@link schemaToJson} made. Throws CassetteError INVALID_SCHEMA for JSON of another version. */
export function schemaFromJson(json: SchemaJson): Schema {
  if (json.version !== version) {
    throw new CassetteError(
      'INVALID_SCHEMA',
      `The catalog holds a schema of version ${json.version}, this version of Cassette reads version ${version}`,
      { version: json.version },
    );
  }
  return new Schema(json.keyspaces.map(keyspaceFromJson));
}

/** One table as plain JSON. */
export function tableToJson(table: TableMetadata): TableJson {
  return {
    name: table.name,
    id: table.id.toString(),
    columns: table.columns.map(columnToJson),
    params: table.params,
    dropped: [...table.droppedColumns.values()].map(({ column, droppedTime }) => ({
      column: columnToJson(column),
      droppedTime: droppedTime.toString(),
    })),
    nextColumnId: table.nextColumnId,
  };
}

function columnToJson(column: ColumnMetadata): ColumnJson {
  return { ...column, type: column.type.marshalName() };
}

function columnFromJson(json: ColumnJson): ColumnMetadata {
  return { ...json, type: parseMarshalType(json.type) };
}

function keyspaceFromJson(json: KeyspaceJson): KeyspaceMetadata {
  const types = new Map<string, UserType>();
  for (const name of json.types) {
    const type = parseMarshalType(name);
    if (!(type instanceof UserType)) throw new CassetteError('INVALID_SCHEMA', `'${name}' is no user type`);
    types.set(type.name, type);
  }
  const tables = new Map(json.tables.map((table) => [table.name, tableFromJson(json.name, table)]));
  return new KeyspaceMetadata({
    name: json.name,
    replication: json.replication,
    durableWrites: json.durableWrites,
    types,
    tables,
  });
}

function tableFromJson(keyspace: string, json: TableJson): TableMetadata {
  const dropped = json.dropped.map(({ column, droppedTime }): [string, DroppedColumn] => [
    column.name,
    { column: columnFromJson(column), droppedTime: BigInt(droppedTime) },
  ]);
  return new TableMetadata({
    keyspace,
    name: json.name,
    id: Uuid.parse(json.id),
    columns: json.columns.map(columnFromJson),
    params: json.params,
    droppedColumns: new Map(dropped),
    nextColumnId: json.nextColumnId,
  });
}
