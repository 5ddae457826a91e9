import { quoteIdentifier, quoteString } from '../language/print/names.ts';
import type { CqlType } from '../types/cql-type.ts';
import { printDouble } from '../types/java-number.ts';
import { UserType } from '../types/tuple-type.ts';
import type { ColumnMetadata } from './column-metadata.ts';
import { compressionMap } from './compression-map.ts';
import type { KeyspaceMetadata } from './keyspace-metadata.ts';
import { isNewDefault } from './newer-than-cassandra-4.ts';
import type { TableMetadata } from './table-metadata.ts';
import type { TableParams } from './table-params.ts';

/** How much a statement says. */
export interface PrintOptions {
  /** `IF NOT EXISTS`: the statement may be run where the thing is there already. */
  readonly ifNotExists?: boolean;
  /** Leaves out options that Cassandra 4.0 does not know where they are at their default, which 5.0 gives them anyway. */
  readonly forCassandra4?: boolean;
  /** The table's id and its dropped columns, as DESCRIBE … WITH INTERNALS prints them. */
  readonly withInternals?: boolean;
}

/**
 * The keyspace with its types and tables as the statements that make it, as cqlsh's DESCRIBE KEYSPACE prints them in 5.0: what
 * `schema.cql` in an export is. Types stand before those that use them.
 */
export function printSchema(keyspace: KeyspaceMetadata, options: PrintOptions = {}): string {
  const statements = [
    printKeyspace(keyspace, options),
    ...typesInOrder(keyspace).map((type) => printUserType(type, options)),
    ...[...keyspace.tables.values()].sort(bySchemaName).map((table) => printTable(table, options)),
  ];
  return `${statements.join('\n\n')}\n`;
}

/** CREATE KEYSPACE. Cassandra: KeyspaceMetadata#toCqlString. */
export function printKeyspace(keyspace: KeyspaceMetadata, options: PrintOptions = {}): string {
  const { class: className, ...others } = keyspace.replication;
  const pairs = [['class', className], ...Object.entries(others)].map(([k, v]) => `${quoteString(k)}: ${quoteString(v)}`);
  const name = `${ifNotExists(options)}${quoteIdentifier(keyspace.name)}`;
  return `CREATE KEYSPACE ${name} WITH replication = {${pairs.join(', ')}}  AND durable_writes = ${keyspace.durableWrites};`;
}

/** CREATE TYPE. Cassandra: UserType#toCqlString. */
export function printUserType(type: UserType, options: PrintOptions = {}): string {
  const fields = type.fields.map((field) => `    ${quoteIdentifier(field.name)} ${field.type.cqlName()}`).join(',\n');
  const name = `${quoteIdentifier(type.keyspace)}.${quoteIdentifier(type.name)}`;
  return `CREATE TYPE ${ifNotExists(options)}${name} (\n${fields}\n);`;
}

/** CREATE TABLE, and with internals what drops its dropped columns again. Cassandra: TableMetadata#toCqlString. */
export function printTable(table: TableMetadata, options: PrintOptions = {}): string {
  const name = `${quoteIdentifier(table.keyspace)}.${quoteIdentifier(table.name)}`;
  const dropped = options.withInternals === true ? [...table.droppedColumns.values()] : [];
  const isDropped = (column: ColumnMetadata) => dropped.some((d) => d.column.name === column.name);
  const simpleKey = table.partitionKey.length === 1 && table.clustering.length === 0;
  // A column that was dropped and added again is made as it was, dropped, and added.
  const lines = [...table.columns.filter((column) => !isDropped(column)), ...dropped.map((d) => d.column)].map(
    (column) => `    ${printColumn(column)}${simpleKey && column.kind === 'partition_key' ? ' PRIMARY KEY' : ''}`,
  );
  if (!simpleKey) lines.push(`    PRIMARY KEY (${printKey(table)})`);
  const isSaid = options.forCassandra4 === true ? (name: string) => !isNewDefault(table.params, name) : () => true;
  const properties = printParams(table.params).filter((option) => isSaid(option.slice(0, option.indexOf(' '))));
  if (table.clustering.length > 0) {
    const order = table.clustering.map((c) => `${quoteIdentifier(c.name)} ${c.descending ? 'DESC' : 'ASC'}`).join(', ');
    properties.unshift(`CLUSTERING ORDER BY (${order})`);
  }
  if (options.withInternals === true) properties.unshift(`ID = ${table.id}`);
  const statements = [
    `CREATE TABLE ${ifNotExists(options)}${name} (\n${lines.join(',\n')}\n) WITH ${properties.join('\n    AND ')};`,
  ];
  for (const { column, droppedTime } of dropped) {
    statements.push(`ALTER TABLE ${name} DROP ${quoteIdentifier(column.name)} USING TIMESTAMP ${droppedTime};`);
    const again = table.column(column.name);
    if (again !== undefined) statements.push(`ALTER TABLE ${name} ADD ${printColumn(again)};`);
  }
  return statements.join('\n');
}

/** A column as CREATE TABLE and ALTER TABLE … ADD have it. */
export function printColumn(column: ColumnMetadata): string {
  return `${quoteIdentifier(column.name)} ${column.type.cqlName()}${column.kind === 'static' ? ' static' : ''}`;
}

function printKey(table: TableMetadata): string {
  const names = (columns: readonly ColumnMetadata[]) => columns.map((column) => quoteIdentifier(column.name)).join(', ');
  const partition = table.partitionKey.length > 1 ? `(${names(table.partitionKey)})` : names(table.partitionKey);
  return table.clustering.length > 0 ? `${partition}, ${names(table.clustering)}` : partition;
}

/**
 * Every option of a table, `name = value`, in alphabetical order but for those that Cassandra puts elsewhere. Cassandra:
 * TableParams#appendCqlTo.
 */
export function printParams(params: TableParams): string[] {
  const extensions = Object.entries(params.extensions).map(([name, hex]) => `${quoteString(name)}: 0x${hex}`);
  return [
    `additional_write_policy = ${quoteString(params.additionalWritePolicy)}`,
    `allow_auto_snapshot = ${params.allowAutoSnapshot}`,
    `bloom_filter_fp_chance = ${printDouble(params.bloomFilterFpChance)}`,
    `caching = ${printMap(params.caching)}`,
    `cdc = ${params.cdc}`,
    `comment = ${quoteString(params.comment)}`,
    `compaction = ${printMap(params.compaction)}`,
    `compression = ${printMap(compressionMap(params.compression))}`,
    `memtable = ${quoteString(params.memtable)}`,
    `crc_check_chance = ${printDouble(params.crcCheckChance)}`,
    `default_time_to_live = ${params.defaultTimeToLive}`,
    `extensions = {${extensions.join(', ')}}`,
    `gc_grace_seconds = ${params.gcGraceSeconds}`,
    `incremental_backups = ${params.incrementalBackups}`,
    `max_index_interval = ${params.maxIndexInterval}`,
    `memtable_flush_period_in_ms = ${params.memtableFlushPeriodInMs}`,
    `min_index_interval = ${params.minIndexInterval}`,
    `read_repair = ${quoteString(params.readRepair)}`,
    `speculative_retry = ${quoteString(params.speculativeRetry)}`,
  ];
}

function printMap(map: Readonly<Record<string, string>>): string {
  const keys = Object.keys(map).sort();
  return `{${keys.map((key) => `${quoteString(key)}: ${quoteString(map[key])}`).join(', ')}}`;
}

function ifNotExists(options: PrintOptions): string {
  return options.ifNotExists === true ? 'IF NOT EXISTS ' : '';
}

/** The order that Cassandra lists parts of a schema in: by name, whatever its case. Cassandra: SchemaElement#NAME_COMPARATOR. */
export function bySchemaName(a: { readonly name: string }, b: { readonly name: string }): number {
  const [x, y] = [a.name.toLowerCase(), b.name.toLowerCase()];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** The types of a keyspace by name, but each behind those that it is made of. Cassandra: Types#sortedStream. */
export function typesInOrder(keyspace: KeyspaceMetadata): readonly UserType[] {
  const ordered = new Map<string, UserType>();
  const add = (type: CqlType) => {
    for (const part of type.subTypes) add(part);
    if (type instanceof UserType) ordered.set(type.name, keyspace.type(type.name) ?? type);
  };
  const byText = (a: UserType, b: UserType) => (a.name < b.name ? -1 : 1);
  for (const type of [...keyspace.types.values()].sort(byText)) add(type);
  return [...ordered.values()];
}
