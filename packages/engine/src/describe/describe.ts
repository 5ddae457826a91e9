import {
  bySchemaName,
  type DescribeStatement,
  InvalidRequestError,
  type KeyspaceMetadata,
  nativeTypes,
  printKeyspace,
  printTable,
  printUserType,
  type QualifiedName,
  quoteIdentifier,
  type Schema,
  type TableMetadata,
  typesInOrder,
  type UserType,
} from '@cassette/cql';
import { type ColumnSpec, ResultBuilder, type ResultSet } from '../result/index.ts';

/** Where a DESCRIBE is answered. */
export interface DescribeContext {
  readonly schema: Schema;
  /** The session's keyspace; null where there is none. */
  readonly keyspace: string | null;
  /** The text of the statement. */
  readonly source: string;
}

/**
 * Answers DESCRIBE: names as Cassandra's rows `keyspace_name, type, name`, and for single things the `create_statement` that makes them.
 * Keyspaces of Cassandra's own are not there. Throws InvalidRequestError for what does not exist. Cassandra: DescribeStatement.
 */
export function describe(statement: DescribeStatement, context: DescribeContext): ResultSet {
  const { target, withInternals } = statement;
  const { schema } = context;
  switch (target.kind) {
    case 'cluster':
      // The store is a cluster of its own: no snitch tells it of others.
      return result(['cluster', 'partitioner', 'snitch'].map(column), [['Cassette', 'Murmur3Partitioner', 'none']]);
    case 'keyspaces':
      return listing(byName(schema.keyspaces.values()).map(keyspaceElement));
    case 'tables':
      return listing(listed(context).flatMap((keyspace) => byName(keyspace.tables.values()).map(tableElement)));
    case 'types':
      return listing(listed(context).flatMap((keyspace) => byName(keyspace.types.values()).map(typeElement)));
    case 'functions':
    case 'aggregates':
      return listing([]);
    case 'schema':
      return statements(byName(schema.keyspaces.values()).flatMap(keyspaceElements), withInternals);
    case 'keyspace': {
      const name = target.keyspace?.name ?? currentKeyspace(context, statement.pos);
      const keyspace = existingKeyspace(context, name, target.keyspace?.pos ?? statement.pos);
      return statements(target.only ? [keyspaceElement(keyspace)] : keyspaceElements(keyspace), withInternals);
    }
    case 'table': {
      const keyspace = keyspaceOf(context, target.name);
      const table = keyspace.table(target.name.name);
      if (table === undefined) throw notFound(context, 'Table', keyspace, target.name);
      return statements([tableElement(table)], withInternals);
    }
    case 'type': {
      const keyspace = keyspaceOf(context, target.name);
      const type = keyspace.type(target.name.name);
      if (type === undefined) throw notFound(context, 'User defined type', keyspace, target.name);
      return statements([typeElement(type)], withInternals);
    }
    case 'index':
      throw notFound(context, 'Index', keyspaceOf(context, target.name), target.name);
    case 'materializedView':
      throw notFound(context, 'Materialized view', keyspaceOf(context, target.name), target.name);
    case 'function':
      throw notFound(context, 'User defined function', keyspaceOf(context, target.name), target.name);
    case 'aggregate':
      throw notFound(context, 'User defined aggregate', keyspaceOf(context, target.name), target.name);
    case 'element':
      return statements(named(context, target.name), withInternals);
  }
}

/** Something that has a CREATE statement. Cassandra: SchemaElement. */
interface SchemaElement {
  readonly keyspace: string;
  readonly type: 'keyspace' | 'type' | 'table';
  readonly name: string;
  print(withInternals: boolean): string;
}

function keyspaceElement(keyspace: KeyspaceMetadata): SchemaElement {
  return { keyspace: keyspace.name, type: 'keyspace', name: keyspace.name, print: () => printKeyspace(keyspace) };
}

function typeElement(type: UserType): SchemaElement {
  return { keyspace: type.keyspace, type: 'type', name: type.name, print: () => printUserType(type) };
}

function tableElement(table: TableMetadata): SchemaElement {
  const print = (withInternals: boolean) => printTable(table, { withInternals });
  return { keyspace: table.keyspace, type: 'table', name: table.name, print };
}

function keyspaceElements(keyspace: KeyspaceMetadata): readonly SchemaElement[] {
  return [
    keyspaceElement(keyspace),
    ...typesInOrder(keyspace).map(typeElement),
    ...byName(keyspace.tables.values()).map(tableElement),
  ];
}

function byName<T extends { readonly name: string }>(things: Iterable<T>): readonly T[] {
  return [...things].sort(bySchemaName);
}

/** A bare name is a keyspace's, or else that of a table in the session's keyspace. */
function named(context: DescribeContext, name: QualifiedName): readonly SchemaElement[] {
  const keyspace = name.keyspace === null ? context.schema.keyspace(name.name) : undefined;
  if (keyspace !== undefined) return keyspaceElements(keyspace);
  const where = existingKeyspace(context, name.keyspace ?? context.keyspace ?? name.name, name.pos);
  const table = where.table(name.name);
  if (table === undefined) throw refused(context, `'${name.name}' not found in keyspace '${where.name}'`, name.pos);
  return [tableElement(table)];
}

/** The keyspaces whose things are listed: the session's, or all. */
function listed(context: DescribeContext): readonly KeyspaceMetadata[] {
  const { keyspace, schema } = context;
  return keyspace === null ? byName(schema.keyspaces.values()) : [existingKeyspace(context, keyspace, 0)];
}

function currentKeyspace(context: DescribeContext, pos: number): string {
  if (context.keyspace === null) throw refused(context, 'No keyspace specified and no current keyspace', pos);
  return context.keyspace;
}

function keyspaceOf(context: DescribeContext, name: QualifiedName): KeyspaceMetadata {
  return existingKeyspace(context, name.keyspace ?? currentKeyspace(context, name.pos), name.pos);
}

function existingKeyspace(context: DescribeContext, name: string, pos: number): KeyspaceMetadata {
  const keyspace = context.schema.keyspace(name);
  if (keyspace === undefined) throw refused(context, `'${name}' not found in keyspaces`, pos);
  return keyspace;
}

function notFound(context: DescribeContext, what: string, keyspace: KeyspaceMetadata, name: QualifiedName): InvalidRequestError {
  return refused(context, `${what} '${name.name}' not found in keyspace '${keyspace.name}'`, name.pos);
}

function refused(context: DescribeContext, message: string, position: number): InvalidRequestError {
  return new InvalidRequestError(message, { source: context.source, position });
}

function column(name: string): ColumnSpec {
  return { keyspace: 'system', table: 'describe', name, type: nativeTypes.text };
}

const listColumns = ['keyspace_name', 'type', 'name'].map(column);
const elementColumns = [...listColumns, column('create_statement')];

function listing(elements: readonly SchemaElement[]): ResultSet {
  return result(listColumns, elements.map(namesOf));
}

function statements(elements: readonly SchemaElement[], withInternals: boolean): ResultSet {
  return result(
    elementColumns,
    elements.map((element) => [...namesOf(element), element.print(withInternals)]),
  );
}

function namesOf({ keyspace, type, name }: SchemaElement): readonly string[] {
  return [quoteIdentifier(keyspace), type, quoteIdentifier(name)];
}

function result(columns: readonly ColumnSpec[], rows: readonly (readonly string[])[]): ResultSet {
  const builder = new ResultBuilder(columns);
  for (const row of rows) {
    for (const text of row) {
      builder.out.utf8(text);
      builder.endCell();
    }
  }
  return builder.finish();
}
