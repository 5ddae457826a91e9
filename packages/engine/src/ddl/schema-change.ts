import {
  AlreadyExistsError,
  type AlterKeyspaceStatement,
  type CreateKeyspaceStatement,
  type CreateTableStatement,
  type CreateTypeStatement,
  checkKeyspaceName,
  checkKeyspaceOptions,
  checkTableDeclaration,
  checkUserKeyspace,
  createTable,
  createUserType,
  type DropKeyspaceStatement,
  type DropTableStatement,
  type DropTypeStatement,
  InvalidRequestError,
  isSystemKeyspace,
  KeyspaceMetadata,
  type Place,
  type Positioned,
  pointedAt,
  type QualifiedName,
  readKeyspaceParams,
  referencesUserType,
  type Schema,
  type Statement,
  type Uuid,
} from '@cassette/cql';
import { alterations } from './alterations-part.ts';

/** What a change of the schema needs to know besides the statement. */
export interface SchemaChangeContext {
  /** The text of the statement. */
  readonly source: string;
  /** The keyspace of names that tell none. */
  readonly keyspace: string | undefined;
  /** A new id for a table. */
  newTableId(): Uuid;
  /** Microseconds: a column that is dropped now loses what was written until now. */
  timestamp(): number;
}

/** The statements that change the schema. */
export type SchemaStatement = Extract<
  Statement,
  {
    kind:
      | 'createKeyspace'
      | 'alterKeyspace'
      | 'dropKeyspace'
      | 'createTable'
      | 'alterTable'
      | 'dropTable'
      | 'createType'
      | 'alterType'
      | 'dropType';
  }
>;

const kinds: ReadonlySet<string> = new Set([
  ...['createKeyspace', 'alterKeyspace', 'dropKeyspace', 'createTable', 'alterTable', 'dropTable'],
  ...['createType', 'alterType', 'dropType'],
]);

/** Whether a statement changes the schema. */
export function isSchemaStatement(statement: Statement): statement is SchemaStatement {
  return kinds.has(statement.kind);
}

/** The place of a part of the statement. */
export function placeOf({ source }: SchemaChangeContext, { pos }: Positioned): Place {
  return { source, position: pos };
}

/**
 * The schema after a statement: the same object where it changes nothing (IF NOT EXISTS). Throws InvalidRequestError,
 * ConfigurationError, UnauthorizedError or AlreadyExistsError, which point into the statement. Cassandra: statements.schema.AlterSchemaStatement#apply.
 */
export function applySchemaStatement(schema: Schema, statement: SchemaStatement, context: SchemaChangeContext): Schema {
  try {
    return apply(schema, statement, context);
  } catch (error) {
    throw pointedAt(error, placeOf(context, statement));
  }
}

function apply(schema: Schema, statement: SchemaStatement, context: SchemaChangeContext): Schema {
  switch (statement.kind) {
    case 'createKeyspace':
      return createKeyspace(schema, statement, context);
    case 'alterKeyspace':
      return alterKeyspace(schema, statement, context);
    case 'dropKeyspace':
      return dropKeyspace(schema, statement, context);
    case 'createTable':
      return createNewTable(schema, statement, context);
    case 'alterTable':
      return alterations.module.alterTable(schema, statement, context);
    case 'dropTable':
      return dropTable(schema, statement, context);
    case 'createType':
      return createType(schema, statement, context);
    case 'alterType':
      return alterations.module.alterType(schema, statement, context);
    case 'dropType':
      return dropType(schema, statement, context);
  }
}

/** The keyspace a name is in; throws where nothing tells. */
export function keyspaceNameOf(name: QualifiedName, context: SchemaChangeContext): string {
  const keyspace = name.keyspace ?? context.keyspace;
  if (keyspace === undefined) {
    throw new InvalidRequestError(
      'No keyspace has been specified. USE a keyspace, or explicitly specify keyspace.tablename',
      placeOf(context, name),
    );
  }
  checkName(keyspace, placeOf(context, name));
  return keyspace;
}

/** Every statement's keyspace is looked at, whether or not it is there and IF EXISTS is said. */
function checkName(keyspace: string, where: Place): void {
  checkUserKeyspace(keyspace, where);
  checkKeyspaceName(keyspace, where);
}

function createKeyspace(schema: Schema, statement: CreateKeyspaceStatement, context: SchemaChangeContext): Schema {
  const { name } = statement.keyspace;
  const where = placeOf(context, statement.keyspace);
  // Nobody needs a permission to create one, so this is no matter of permissions. Cassandra: AlterSchemaStatement#execute.
  if (isSystemKeyspace(name)) throw new InvalidRequestError(`System keyspace '${name}' is not user-modifiable`, where);
  checkKeyspaceName(name, where);
  checkKeyspaceOptions(statement.properties, context.source);
  if (schema.keyspace(name) !== undefined) {
    if (statement.ifNotExists) return schema;
    throw new AlreadyExistsError(`Cannot add existing keyspace "${name}". IF NOT EXISTS leaves it as it is`, where, {
      keyspace: name,
    });
  }
  return schema.withKeyspace(new KeyspaceMetadata({ name, ...readKeyspaceParams(statement.properties, context.source) }));
}

function alterKeyspace(schema: Schema, statement: AlterKeyspaceStatement, context: SchemaChangeContext): Schema {
  const { name } = statement.keyspace;
  checkName(name, placeOf(context, statement.keyspace));
  const keyspace = schema.keyspace(name);
  if (keyspace === undefined) {
    if (statement.ifExists) return schema;
    throw new InvalidRequestError(`Keyspace '${name}' doesn't exist`, placeOf(context, statement.keyspace));
  }
  return schema.withKeyspace(keyspace.with(readKeyspaceParams(statement.properties, context.source, keyspace)));
}

function dropKeyspace(schema: Schema, statement: DropKeyspaceStatement, context: SchemaChangeContext): Schema {
  const { name } = statement.keyspace;
  checkName(name, placeOf(context, statement.keyspace));
  if (schema.keyspace(name) !== undefined) return schema.withoutKeyspace(name);
  if (statement.ifExists) return schema;
  throw new InvalidRequestError(
    `Keyspace '${name}' doesn't exist. IF EXISTS drops it only where it does`,
    placeOf(context, statement.keyspace),
  );
}

function createNewTable(schema: Schema, statement: CreateTableStatement, context: SchemaChangeContext): Schema {
  checkTableDeclaration(statement, context.source);
  const name = keyspaceNameOf(statement.table, context);
  const keyspace = schema.keyspace(name);
  if (keyspace === undefined)
    throw new InvalidRequestError(`Keyspace '${name}' doesn't exist`, placeOf(context, statement.table));
  if (keyspace.table(statement.table.name) !== undefined) {
    if (statement.ifNotExists) return schema;
    const message = `Cannot add already existing table "${statement.table.name}" to keyspace "${name}". IF NOT EXISTS leaves it as it is`;
    throw new AlreadyExistsError(message, placeOf(context, statement.table), { keyspace: name, table: statement.table.name });
  }
  const table = createTable(statement, keyspace, context.newTableId(), context.source);
  const known = schema.tableById(table.id);
  if (known !== undefined)
    throw new InvalidRequestError(`The table id ${table.id} is taken by ${known}`, placeOf(context, statement.table));
  return schema.withTable(table);
}

function dropTable(schema: Schema, statement: DropTableStatement, context: SchemaChangeContext): Schema {
  const keyspace = keyspaceNameOf(statement.table, context);
  const { name } = statement.table;
  if (schema.table(keyspace, name) !== undefined) return schema.withoutTable(keyspace, name);
  if (statement.ifExists) return schema;
  throw new InvalidRequestError(
    `Table '${keyspace}.${name}' doesn't exist. IF EXISTS drops it only where it does`,
    placeOf(context, statement.table),
  );
}

function createType(schema: Schema, statement: CreateTypeStatement, context: SchemaChangeContext): Schema {
  const name = keyspaceNameOf(statement.name, context);
  const keyspace = schema.keyspace(name);
  if (keyspace === undefined) throw new InvalidRequestError(`Keyspace '${name}' doesn't exist`, placeOf(context, statement.name));
  if (keyspace.type(statement.name.name) !== undefined) {
    if (statement.ifNotExists) return schema;
    throw new InvalidRequestError(
      `A user type with name '${statement.name.name}' already exists. IF NOT EXISTS leaves it as it is`,
      placeOf(context, statement.name),
    );
  }
  return schema.withKeyspace(keyspace.withType(createUserType(statement, keyspace, context.source)));
}

function dropType(schema: Schema, statement: DropTypeStatement, context: SchemaChangeContext): Schema {
  const { name } = statement.name;
  const where = placeOf(context, statement.name);
  const keyspaceName = keyspaceNameOf(statement.name, context);
  const keyspace = schema.keyspace(keyspaceName);
  if (keyspace?.type(name) === undefined) {
    if (statement.ifExists) return schema;
    throw new InvalidRequestError(`Type '${keyspaceName}.${name}' doesn't exist. IF EXISTS drops it only where it does`, where);
  }
  const types = [...keyspace.types.values()].filter((type) => type.name !== name && referencesUserType(type, name));
  if (types.length > 0) {
    const users = types.map((type) => type.name).join(', ');
    throw new InvalidRequestError(
      `Cannot drop user type '${keyspaceName}.${name}' as it is still used by user types ${users}`,
      where,
    );
  }
  const tables = [...keyspace.tables.values()].filter((table) =>
    table.columns.some((column) => referencesUserType(column.type, name)),
  );
  if (tables.length > 0) {
    const users = tables.map((table) => table.name).join(', ');
    throw new InvalidRequestError(
      `Cannot drop user type '${keyspaceName}.${name}' as it is still used by tables ${users}`,
      where,
    );
  }
  return schema.withKeyspace(keyspace.withoutType(name));
}
