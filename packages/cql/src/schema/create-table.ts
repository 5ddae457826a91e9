import { InvalidRequestError, type Place } from '../errors.ts';
import type {
  ClusteringOrder,
  ColumnDefinition,
  CreateTableStatement,
  Identifier,
  Positioned,
  QualifiedName,
  TypeNode,
} from '../language/ast/index.ts';
import { CollectionType } from '../types/collection-type.ts';
import type { CqlType } from '../types/cql-type.ts';
import { nativeTypes } from '../types/native-types.ts';
import { resolveType } from '../types/resolve-type.ts';
import { UserType } from '../types/tuple-type.ts';
import type { Uuid } from '../values/uuid.ts';
import type { ColumnKind, ColumnMetadata } from './column-metadata.ts';
import type { KeyspaceMetadata } from './keyspace-metadata.ts';
import { checkTableName } from './names.ts';
import type { TableOptions } from './read-table-params.ts';
import { TableMetadata } from './table-metadata.ts';
import { tableOptions } from './table-options-part.ts';
import { defaultTableParams } from './table-params.ts';
import { references } from './user-type-change.ts';

/**
 * The table that a CREATE TABLE makes, after all of Cassandra's checks; whether there is one of that name already is for the caller to
 * ask. `id` is a new one; `WITH ID = …` goes before it. `source` is the text of the statement, for messages that point into it. Throws
 * InvalidRequestError, ConfigurationError or CqlSyntaxError, in Cassandra's words, and PartNotLoadedError where WITH has options. Cassandra:
 * CreateTableStatement.
 */
export function createTable(
  statement: CreateTableStatement,
  keyspace: KeyspaceMetadata,
  id: Uuid,
  source: string,
): TableMetadata {
  const table = statement.table.name;
  const at: PlaceOf = ({ pos }) => ({ source, position: pos });
  checkTableDeclaration(statement, source);
  if (statement.compactStorage !== null) {
    throw new InvalidRequestError(
      'COMPACT STORAGE tables are not supported: their rows have another form in files, which is not written here. Leave COMPACT STORAGE out',
      at(statement.compactStorage),
    );
  }
  const types = new Map<string, CqlType>();
  const statics = new Set<string>();
  for (const { name, type, static: isStatic } of statement.columns) {
    types.set(name.name, columnType(type, keyspace, source));
    if (isStatic) statics.add(name.name);
  }
  const [key] = statement.primaryKeys;
  for (const { name, type } of statement.columns) checkColumnType(types.get(name.name)!, at(type));
  checkKey([...key.partitionKey, ...key.clustering], types, statics, table, at);
  const descending = clusteringDirections(statement.clusteringOrder, key.clustering, at);
  if (key.clustering.length === 0 && statics.size > 0) {
    throw new InvalidRequestError(
      'Static columns are only useful (and thus allowed) if the table has at least one clustering column',
      at(statement.columns.find((column) => column.static)!),
    );
  }

  const inKey = new Set([...key.partitionKey, ...key.clustering].map((column) => column.name));
  const others = [...types].filter(([name]) => !inKey.has(name));
  const { params, id: givenId } = optionsOf(statement, source);
  checkCounters(
    statement.columns.filter(({ name }) => !inKey.has(name.name)),
    types,
    params.defaultTimeToLive,
    at,
  );
  checkTableName(keyspace.name, table, at(statement.table));

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

/** Most tables have no options: what reads them is loaded for those that do. */
function optionsOf({ properties }: CreateTableStatement, source: string): TableOptions {
  if (properties.length === 0) return { params: defaultTableParams, id: null };
  return tableOptions.module.readTableParams(properties, source);
}

/**
 * What is wrong with a CREATE TABLE whatever there is already, so that IF NOT EXISTS does not help either. Throws InvalidRequestError.
 * Cassandra: CreateTableStatement.Raw, CreateTableStatement#validate.
 */
export function checkTableDeclaration(statement: CreateTableStatement, source: string): void {
  const table = statement.table.name;
  const at: PlaceOf = ({ pos }) => ({ source, position: pos });
  const columns = new Set<string>();
  for (const { name } of statement.columns) {
    if (columns.has(name.name)) {
      throw new InvalidRequestError(`Duplicate column '${name.name}' declaration for table '${table}'`, at(name));
    }
    columns.add(name.name);
  }
  const [key, another] = statement.primaryKeys;
  if (another !== undefined) {
    throw new InvalidRequestError(`Multiple PRIMARY KEY specified for table '${table}' (exactly one required)`, at(another));
  }
  const ordered = new Set<string>();
  for (const { column } of statement.clusteringOrder) {
    if (ordered.has(column.name)) {
      const message = `Duplicate column '${column.name}' in CLUSTERING ORDER BY clause for table '${table}'`;
      throw new InvalidRequestError(message, at(column));
    }
    ordered.add(column.name);
  }
  if (key === undefined) {
    throw new InvalidRequestError(`No PRIMARY KEY specifed for table '${table}' (exactly one required)`, at(statement.table));
  }
  const mask = statement.columns.find((column) => column.mask !== null)?.mask;
  if (mask) throw new InvalidRequestError('Cannot mask columns because dynamic data masking is not enabled.', at(mask));
}

/** Where a part of the statement is. */
type PlaceOf = (node: Positioned) => Place;

/** The type of a column as a statement on that keyspace writes it; `source` is the statement's text. Throws InvalidRequestError. */
export function columnType(node: TypeNode, keyspace: KeyspaceMetadata, source: string): CqlType {
  const lookup = (name: QualifiedName) => {
    if (name.keyspace !== null && name.keyspace !== keyspace.name) {
      throw new InvalidRequestError(
        `Statement on keyspace ${keyspace.name} cannot refer to a user type in keyspace ${name.keyspace}; ` +
          'user types can only be used in the keyspace they are defined in',
        { source, position: name.pos },
      );
    }
    return keyspace.type(name.name);
  };
  return resolveType(node, lookup, source);
}

/** Refuses a non-frozen user type whose fields would be several cells themselves. */
export function checkColumnType(type: CqlType, where: Place): void {
  if (type instanceof UserType && type.isMultiCell && type.types.some((field) => field.isMultiCell)) {
    throw new InvalidRequestError('Non-frozen UDTs with nested non-frozen collections are not supported', where);
  }
}

function checkKey(
  key: readonly Identifier[],
  types: ReadonlyMap<string, CqlType>,
  statics: ReadonlySet<string>,
  table: string,
  at: PlaceOf,
): void {
  const seen = new Set<string>();
  for (const column of key) {
    const { name } = column;
    const refused = (message: string) => new InvalidRequestError(message, at(column));
    const type = types.get(name);
    if (type === undefined) {
      throw refused(`Unknown column '${name}' referenced in PRIMARY KEY for table '${table}'`);
    }
    if (seen.has(name)) throw refused(`Duplicate column '${name}' in PRIMARY KEY clause for table '${table}'`);
    seen.add(name);
    if (type.isMultiCell) {
      const what = type instanceof CollectionType ? 'collection' : 'user-defined';
      throw refused(`Invalid non-frozen ${what} type ${type} for PRIMARY KEY column '${name}'`);
    }
    if (type === nativeTypes.counter) {
      throw refused(`counter type is not supported for PRIMARY KEY column '${name}'`);
    }
    if (references(type, nativeTypes.duration)) {
      throw refused(`duration type is not supported for PRIMARY KEY column '${name}'`);
    }
    if (statics.has(name)) throw refused(`Static column '${name}' cannot be part of the PRIMARY KEY`);
  }
}

/** The names of the clustering columns in descending order. */
function clusteringDirections(
  order: readonly ClusteringOrder[],
  clustering: readonly Identifier[],
  at: PlaceOf,
): ReadonlySet<string> {
  const strangers = order.map(({ column }) => column.name).filter((name) => !clustering.some((column) => column.name === name));
  if (strangers.length > 0) {
    throw new InvalidRequestError(
      `Only clustering key columns can be defined in CLUSTERING ORDER directive: [${strangers.join(', ')}] are not clustering columns`,
      at(order.find(({ column }) => column.name === strangers[0])!.column),
    );
  }
  order.forEach(({ column }, i) => {
    const expected = clustering[i].name;
    if (column.name === expected) return;
    throw new InvalidRequestError(
      order.some((other) => other.column.name === expected)
        ? `The order of columns in the CLUSTERING ORDER directive must match that of the clustering columns (${expected} must appear before ${column.name})`
        : `Missing CLUSTERING ORDER for column ${expected}`,
      at(column),
    );
  });
  return new Set(order.filter(({ direction }) => direction === 'desc').map(({ column }) => column.name));
}

function checkCounters(
  columns: readonly ColumnDefinition[],
  types: ReadonlyMap<string, CqlType>,
  defaultTimeToLive: number,
  at: PlaceOf,
): void {
  const isCounter = ({ name }: ColumnDefinition) => types.get(name.name) === nativeTypes.counter;
  const counter = columns.find(isCounter);
  if (counter === undefined) return;
  const other = columns.find((column) => !isCounter(column));
  if (other !== undefined) {
    throw new InvalidRequestError('Cannot mix counter and non counter columns in the same table', at(counter.type));
  }
  if (defaultTimeToLive > 0) {
    throw new InvalidRequestError('Cannot set default_time_to_live on a table with counters', at(counter.type));
  }
}
