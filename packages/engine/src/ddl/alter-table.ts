import {
  type AlterTableAction,
  type AlterTableStatement,
  type ColumnDefinition,
  type ColumnMetadata,
  ConfigurationError,
  CounterType,
  type CqlType,
  checkColumnType,
  columnType,
  type DroppedColumn,
  expandUserTypes,
  type Identifier,
  InvalidRequestError,
  type KeyspaceMetadata,
  type Place,
  type Rename,
  readTableParams,
  type Schema,
  type TableMetadata,
  UserType,
} from '@cassette/cql';
import { keyspaceNameOf, placeOf, type SchemaChangeContext } from './schema-change.ts';

/** The schema after an ALTER TABLE. Cassandra: statements.schema.AlterTableStatement. */
export function alterTable(schema: Schema, statement: AlterTableStatement, context: SchemaChangeContext): Schema {
  const keyspaceName = keyspaceNameOf(statement.table, context);
  const keyspace = schema.keyspace(keyspaceName);
  const table = keyspace?.table(statement.table.name);
  if (keyspace === undefined || table === undefined) {
    if (statement.ifExists) return schema;
    throw new InvalidRequestError(
      `Table '${keyspaceName}.${statement.table.name}' doesn't exist`,
      placeOf(context, statement.table),
    );
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
      throw new InvalidRequestError('Altering column types is no longer supported', placeOf(context, action.column));
    case 'maskColumn':
      if (action.mask !== null) {
        throw new InvalidRequestError(
          'Cannot mask columns because dynamic data masking is not enabled.',
          placeOf(context, action.mask),
        );
      }
      if (table.column(action.column.name) === undefined && !action.ifExists) {
        throw new InvalidRequestError(
          `Column with name '${action.column.name}' doesn't exist on table '${table.name}'`,
          placeOf(context, action.column),
        );
      }
      // No column has a mask.
      return table;
    case 'dropCompactStorage':
      throw new InvalidRequestError('Cannot DROP COMPACT STORAGE on table without COMPACT STORAGE');
    case 'addColumns':
      return action.columns.reduce((sum, column) => addColumn(keyspace, sum, column, action.ifNotExists, context), table);
    case 'dropColumns': {
      const time = action.timestamp === null ? BigInt(context.timestamp()) : BigInt(action.timestamp.text);
      return action.columns.reduce((sum, column) => dropColumn(sum, column, action.ifExists, time, context), table);
    }
    case 'renameColumns':
      return action.renames.reduce((sum, rename) => renameColumn(sum, rename, context), table);
    case 'alterProperties': {
      const { params } = readTableParams(action.properties, context.source, table.params);
      if (table.isCounter && params.defaultTimeToLive > 0) {
        throw new InvalidRequestError('Cannot set default_time_to_live on a table with counters');
      }
      return table.with({ params });
    }
  }
}

function addColumn(
  keyspace: KeyspaceMetadata,
  table: TableMetadata,
  definition: ColumnDefinition,
  ifNotExists: boolean,
  context: SchemaChangeContext,
): TableMetadata {
  const { name } = definition.name;
  const where = placeOf(context, definition.name);
  const type = columnType(definition.type, keyspace, context.source);
  if (table.column(name) !== undefined) {
    if (ifNotExists) return table;
    throw new InvalidRequestError(`Column with name '${name}' already exists`, where);
  }
  if (definition.mask !== null) {
    throw new InvalidRequestError(
      'Cannot mask columns because dynamic data masking is not enabled.',
      placeOf(context, definition.mask),
    );
  }
  if (definition.static && table.clustering.length === 0) {
    throw new InvalidRequestError(
      'Static columns are only useful (and thus allowed) if the table has at least one clustering column',
      where,
    );
  }
  checkColumnType(type, placeOf(context, definition.type));
  const dropped = table.droppedColumns.get(name);
  if (dropped !== undefined) {
    checkDropped(name, type, definition.static, dropped, where);
    if (table.isCounter) throw new InvalidRequestError(`Cannot re-add previously dropped counter column ${name}`, where);
  }
  if (type instanceof CounterType !== table.isCounter) {
    throw new ConfigurationError(
      table.isCounter
        ? `Cannot have a non counter column ("${name}") in a counter table`
        : `Cannot have a counter column ("${name}") in a non counter table`,
      placeOf(context, definition.type),
    );
  }
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
function checkDropped(name: string, type: CqlType, isStatic: boolean, { column }: DroppedColumn, where: Place): void {
  if (!isSerializationCompatible(type, column.type)) {
    throw new InvalidRequestError(
      `Cannot add a column '${name}' of type ${type.cqlName()}, incompatible with previously dropped column '${name}' of type ${column.type.cqlName()}`,
      where,
    );
  }
  const kind = isStatic ? 'static' : 'regular';
  if (column.kind !== kind) {
    throw new InvalidRequestError(
      `Cannot re-add previously dropped column '${name}' of kind ${kind.toUpperCase()}, incompatible with previous kind ${column.kind.toUpperCase()}`,
      where,
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

function dropColumn(
  table: TableMetadata,
  dropped: Identifier,
  ifExists: boolean,
  droppedTime: bigint,
  context: SchemaChangeContext,
): TableMetadata {
  const { name } = dropped;
  const where = placeOf(context, dropped);
  const column = table.column(name);
  if (column === undefined) {
    if (ifExists) return table;
    throw new InvalidRequestError(`Column ${name} was not found in table '${table}'`, where);
  }
  if (column.kind === 'partition_key' || column.kind === 'clustering') {
    throw new InvalidRequestError(`Cannot drop PRIMARY KEY column ${name}`, where);
  }
  if (column.type instanceof UserType && column.type.isMultiCell) {
    throw new InvalidRequestError(`Cannot drop non-frozen column ${name} of user type ${column.type.cqlName()}`, where);
  }
  return table.with({
    columns: table.columns.filter((other) => other.name !== name),
    droppedColumns: new Map(table.droppedColumns).set(name, {
      column: { ...column, type: expandUserTypes(column.type) },
      droppedTime,
    }),
  });
}

/** IF EXISTS of columns makes no difference, as in Cassandra, whose RENAME looks for an existing column all the same. */
function renameColumn(table: TableMetadata, rename: Rename, context: SchemaChangeContext): TableMetadata {
  const from = rename.from.name;
  const to = rename.to.name;
  const where = placeOf(context, rename.from);
  const column = table.column(from);
  if (column === undefined) {
    throw new InvalidRequestError(`Column ${from} was not found in table ${table}`, where);
  }
  if (column.kind !== 'partition_key' && column.kind !== 'clustering') {
    throw new InvalidRequestError(`Cannot rename non PRIMARY KEY column ${from}`, where);
  }
  if (table.column(to) !== undefined) {
    throw new InvalidRequestError(
      `Cannot rename column ${from} to ${to} in table '${table}'; another column with that name already exists`,
      placeOf(context, rename.to),
    );
  }
  return table.with({ columns: table.columns.map((other) => (other === column ? { ...other, name: to } : other)) });
}
