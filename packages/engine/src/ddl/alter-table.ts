import {
  type AlterTableAction,
  type AlterTableStatement,
  type ColumnDefinition,
  type ColumnMetadata,
  type CqlType,
  checkColumnType,
  columnType,
  type DroppedColumn,
  InvalidRequestError,
  type KeyspaceMetadata,
  readTableParams,
  type Schema,
  type TableMetadata,
  UserType,
} from '@cassette/cql';
import { keyspaceNameOf, type SchemaChangeContext } from './schema-change.ts';

/** The schema after an ALTER TABLE. Cassandra: statements.schema.AlterTableStatement. */
export function alterTable(schema: Schema, statement: AlterTableStatement, context: SchemaChangeContext): Schema {
  const keyspaceName = keyspaceNameOf(statement.table, context);
  const keyspace = schema.keyspace(keyspaceName);
  const table = keyspace?.table(statement.table.name);
  if (keyspace === undefined || table === undefined) {
    if (statement.ifExists) return schema;
    throw new InvalidRequestError(`Table '${keyspaceName}.${statement.table.name}' doesn't exist`);
  }
  const altered = alter(keyspace, table, statement.action, context);
  return altered === table ? schema : schema.withTable(altered);
}

function alter(
  keyspace: KeyspaceMetadata,
  table: TableMetadata,
  action: AlterTableAction,
  context: SchemaChangeContext,
): TableMetadata {
  switch (action.kind) {
    case 'alterColumnType':
      throw new InvalidRequestError('Altering column types is no longer supported');
    case 'maskColumn':
      throw new InvalidRequestError('Cannot mask columns because dynamic data masking is not enabled.');
    case 'dropCompactStorage':
      throw new InvalidRequestError('Cannot DROP COMPACT STORAGE on table without COMPACT STORAGE');
    case 'addColumns':
      return action.columns.reduce((sum, column) => addColumn(keyspace, sum, column, action.ifNotExists), table);
    case 'dropColumns': {
      const time = action.timestamp === null ? BigInt(context.timestamp()) : BigInt(action.timestamp.text);
      return action.columns.reduce((sum, column) => dropColumn(sum, column.name, action.ifExists, time), table);
    }
    case 'renameColumns':
      return action.renames.reduce((sum, { from, to }) => renameColumn(sum, from.name, to.name, action.ifExists), table);
    case 'alterProperties': {
      const { params } = readTableParams(action.properties, context.source, table.params);
      return table.with({ params });
    }
  }
}

function addColumn(
  keyspace: KeyspaceMetadata,
  table: TableMetadata,
  definition: ColumnDefinition,
  ifNotExists: boolean,
): TableMetadata {
  const { name } = definition.name;
  const type = columnType(definition.type, keyspace);
  if (table.column(name) !== undefined) {
    if (ifNotExists) return table;
    throw new InvalidRequestError(`Column with name '${name}' already exists`);
  }
  if (definition.mask !== null) throw new InvalidRequestError('Cannot mask columns because dynamic data masking is not enabled.');
  if (definition.static && table.clustering.length === 0) {
    throw new InvalidRequestError(
      'Static columns are only useful (and thus allowed) if the table has at least one clustering column',
    );
  }
  checkColumnType(type);
  if (type.cqlName() === 'counter') throw new InvalidRequestError('Cannot add a counter column to a non counter table');
  const dropped = table.droppedColumns.get(name);
  if (dropped !== undefined) checkDropped(name, type, definition.static, dropped);
  const column: ColumnMetadata = {
    name,
    kind: definition.static ? 'static' : 'regular',
    position: 0,
    type,
    descending: false,
    id: table.nextColumnId,
  };
  return table.with({ columns: [...table.columns, column], nextColumnId: table.nextColumnId + 1 });
}

/** Old cells of a column that was dropped may still be in files: a new one of its name must read them without harm. */
function checkDropped(name: string, type: CqlType, isStatic: boolean, { column }: DroppedColumn): void {
  if (!isSerializationCompatible(type, column.type)) {
    throw new InvalidRequestError(
      `Cannot add a column '${name}' of type ${type.cqlName()}, incompatible with previously dropped column '${name}' of type ${column.type.cqlName()}`,
    );
  }
  const kind = isStatic ? 'static' : 'regular';
  if (column.kind !== kind) {
    throw new InvalidRequestError(
      `Cannot re-add previously dropped column '${name}' of kind ${kind.toUpperCase()}, incompatible with previous kind ${column.kind.toUpperCase()}`,
    );
  }
}

/** Types whose values other types hold in the same form. Cassandra: AbstractType#isSerializationCompatibleWith. */
const compatible: ReadonlySet<string> = new Set([
  ...['text<ascii', 'uuid<timeuuid', 'bigint<timestamp', 'timestamp<bigint', 'bigint<time'],
  ...['blob<ascii', 'blob<text', 'blob<varint', 'blob<decimal', 'blob<inet', 'blob<duration'],
]);

function isSerializationCompatible(type: CqlType, previous: CqlType): boolean {
  return type.equals(previous) || compatible.has(`${type.cqlName()}<${previous.cqlName()}`);
}

function dropColumn(table: TableMetadata, name: string, ifExists: boolean, droppedTime: bigint): TableMetadata {
  const column = table.column(name);
  if (column === undefined) {
    if (ifExists) return table;
    throw new InvalidRequestError(`Column ${name} was not found in table '${table}'`);
  }
  if (column.kind === 'partition_key' || column.kind === 'clustering') {
    throw new InvalidRequestError(`Cannot drop PRIMARY KEY column ${name}`);
  }
  if (column.type instanceof UserType && column.type.isMultiCell) {
    throw new InvalidRequestError(`Cannot drop non-frozen column ${name} of user type ${column.type.cqlName()}`);
  }
  return table.with({
    columns: table.columns.filter((other) => other.name !== name),
    droppedColumns: new Map(table.droppedColumns).set(name, { column, droppedTime }),
  });
}

function renameColumn(table: TableMetadata, from: string, to: string, ifExists: boolean): TableMetadata {
  const column = table.column(from);
  if (column === undefined) {
    if (ifExists) return table;
    throw new InvalidRequestError(`Column ${from} was not found in table ${table}`);
  }
  if (column.kind !== 'partition_key' && column.kind !== 'clustering') {
    throw new InvalidRequestError(`Cannot rename non PRIMARY KEY column ${from}`);
  }
  if (table.column(to) !== undefined) {
    throw new InvalidRequestError(
      `Cannot rename column ${from} to ${to} in table '${table}'; another column with that name already exists`,
    );
  }
  return table.with({ columns: table.columns.map((other) => (other === column ? { ...other, name: to } : other)) });
}
