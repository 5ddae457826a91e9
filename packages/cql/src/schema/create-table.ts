import { InvalidRequestError } from '../errors.ts';
import type { ClusteringOrder, CreateTableStatement, Identifier, TypeNode } from '../language/ast/index.ts';
import { CollectionType } from '../types/collection-type.ts';
import type { CqlType } from '../types/cql-type.ts';
import { nativeTypes } from '../types/native-types.ts';
import { resolveType } from '../types/resolve-type.ts';
import { UserType } from '../types/tuple-type.ts';
import type { Uuid } from '../values/uuid.ts';
import type { ColumnKind, ColumnMetadata } from './column-metadata.ts';
import type { KeyspaceMetadata } from './keyspace-metadata.ts';
import { checkTableName } from './names.ts';
import { readTableParams } from './read-table-params.ts';
import { TableMetadata } from './table-metadata.ts';
import { references } from './user-type-change.ts';

/**
 * The table that a CREATE TABLE makes, after all of Cassandra's checks; whether there is one of that name already is for the caller to
 * ask. `id` is a new one; `WITH ID = …` goes before it. `source` is the text of the statement, for messages that point into it. Throws
 * InvalidRequestError, ConfigurationError or CqlSyntaxError, in Cassandra's words. Cassandra: CreateTableStatement.
 */
export function createTable(
  statement: CreateTableStatement,
  keyspace: KeyspaceMetadata,
  id: Uuid,
  source: string,
): TableMetadata {
  const table = statement.table.name;
  if (statement.compactStorage) throw new InvalidRequestError('COMPACT STORAGE tables are not supported');
  const types = new Map<string, CqlType>();
  const statics = new Set<string>();
  for (const { name, type, static: isStatic, mask } of statement.columns) {
    if (types.has(name.name)) throw new InvalidRequestError(`Duplicate column '${name.name}' declaration for table '${table}'`);
    if (mask !== null) {
      throw new InvalidRequestError('Cannot mask columns because dynamic data masking is not enabled.');
    }
    types.set(name.name, columnType(type, keyspace));
    if (isStatic) statics.add(name.name);
  }
  if (statement.primaryKeys.length > 1) {
    throw new InvalidRequestError(`Multiple PRIMARY KEY specified for table '${table}' (exactly one required)`);
  }
  const [key] = statement.primaryKeys;
  if (key === undefined) throw new InvalidRequestError(`No PRIMARY KEY specifed for table '${table}' (exactly one required)`);
  for (const type of types.values()) checkColumnType(type);
  checkKey([...key.partitionKey, ...key.clustering], types, statics, table);
  const descending = clusteringDirections(statement.clusteringOrder, key.clustering, table);
  if (key.clustering.length === 0 && statics.size > 0) {
    throw new InvalidRequestError(
      'Static columns are only useful (and thus allowed) if the table has at least one clustering column',
    );
  }

  const inKey = new Set([...key.partitionKey, ...key.clustering].map((column) => column.name));
  const others = [...types].filter(([name]) => !inKey.has(name));
  const { params, id: givenId } = readTableParams(statement.properties, source);
  checkCounters(
    others.map(([, type]) => type),
    params.defaultTimeToLive,
  );
  checkTableName(keyspace.name, table);

  const columns: ColumnMetadata[] = [];
  const add = (name: string, kind: ColumnKind, position: number) => {
    const type = types.get(name)!;
    columns.push({ name, kind, position, type, descending: kind === 'clustering' && descending.has(name), id: columns.length });
  };
  key.partitionKey.forEach(({ name }, i) => {
    add(name, 'partition_key', i);
  });
  key.clustering.forEach(({ name }, i) => {
    add(name, 'clustering', i);
  });
  for (const [name] of others) add(name, statics.has(name) ? 'static' : 'regular', 0);
  return new TableMetadata({
    keyspace: keyspace.name,
    name: table,
    id: givenId ?? id,
    columns,
    params,
    nextColumnId: columns.length,
  });
}

/** The type of a column as a statement on that keyspace writes it. Throws InvalidRequestError. */
export function columnType(node: TypeNode, keyspace: KeyspaceMetadata): CqlType {
  return resolveType(node, (name) => {
    if (name.keyspace !== null && name.keyspace !== keyspace.name) {
      throw new InvalidRequestError(
        `Statement on keyspace ${keyspace.name} cannot refer to a user type in keyspace ${name.keyspace}; ` +
          'user types can only be used in the keyspace they are defined in',
      );
    }
    return keyspace.type(name.name);
  });
}

/** Refuses a non-frozen user type whose fields would be several cells themselves. */
export function checkColumnType(type: CqlType): void {
  if (type instanceof UserType && type.isMultiCell && type.types.some((field) => field.isMultiCell)) {
    throw new InvalidRequestError('Non-frozen UDTs with nested non-frozen collections are not supported');
  }
}

function checkKey(
  key: readonly Identifier[],
  types: ReadonlyMap<string, CqlType>,
  statics: ReadonlySet<string>,
  table: string,
): void {
  const seen = new Set<string>();
  for (const { name } of key) {
    const type = types.get(name);
    if (type === undefined) {
      throw new InvalidRequestError(`Unknown column '${name}' referenced in PRIMARY KEY for table '${table}'`);
    }
    if (seen.has(name)) throw new InvalidRequestError(`Duplicate column '${name}' in PRIMARY KEY clause for table '${table}'`);
    seen.add(name);
    if (type.isMultiCell) {
      const what = type instanceof CollectionType ? 'collection' : 'user-defined';
      throw new InvalidRequestError(`Invalid non-frozen ${what} type ${type} for PRIMARY KEY column '${name}'`);
    }
    if (type === nativeTypes.counter) {
      throw new InvalidRequestError(`counter type is not supported for PRIMARY KEY column '${name}'`);
    }
    if (references(type, nativeTypes.duration)) {
      throw new InvalidRequestError(`duration type is not supported for PRIMARY KEY column '${name}'`);
    }
    if (statics.has(name)) throw new InvalidRequestError(`Static column '${name}' cannot be part of the PRIMARY KEY`);
  }
}

/** The names of the clustering columns in descending order. */
function clusteringDirections(
  order: readonly ClusteringOrder[],
  clustering: readonly Identifier[],
  table: string,
): ReadonlySet<string> {
  const named = new Set<string>();
  for (const { column } of order) {
    if (named.has(column.name)) {
      throw new InvalidRequestError(`Duplicate column '${column.name}' in CLUSTERING ORDER BY clause for table '${table}'`);
    }
    named.add(column.name);
  }
  const strangers = [...named].filter((name) => !clustering.some((column) => column.name === name));
  if (strangers.length > 0) {
    throw new InvalidRequestError(
      `Only clustering key columns can be defined in CLUSTERING ORDER directive: [${strangers.join(', ')}] are not clustering columns`,
    );
  }
  order.forEach(({ column }, i) => {
    const expected = clustering[i].name;
    if (column.name === expected) return;
    throw new InvalidRequestError(
      named.has(expected)
        ? `The order of columns in the CLUSTERING ORDER directive must match that of the clustering columns (${expected} must appear before ${column.name})`
        : `Missing CLUSTERING ORDER for column ${expected}`,
    );
  });
  return new Set(order.filter(({ direction }) => direction === 'desc').map(({ column }) => column.name));
}

function checkCounters(types: readonly CqlType[], defaultTimeToLive: number): void {
  const counters = types.filter((type) => type === nativeTypes.counter).length;
  if (counters === 0) return;
  if (counters < types.length) throw new InvalidRequestError('Cannot mix counter and non counter columns in the same table');
  if (defaultTimeToLive > 0) throw new InvalidRequestError('Cannot set default_time_to_live on a table with counters');
}
