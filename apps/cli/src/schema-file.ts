import { CassetteError } from '@cassette/bytes';
import {
  KeyspaceMetadata,
  parseStatements,
  QueryFileError,
  referencesUserType,
  Schema,
  type Statement,
  Uuid,
} from '@cassette/cql';
import { applySchemaStatement, isSchemaStatement, type SchemaChangeContext, type SchemaStatement } from '@cassette/engine';
import { readText } from './read-text.ts';
import { readableStatement } from './readable-statement.ts';

/** What a file of CQL says of tables, as far as it describes their files. */
export interface SchemaFile {
  readonly file: string;
  readonly schema: Schema;
  /** Why a table of the file is not in the schema, or not as it should be, by `keyspace.table`. */
  readonly notUnderstood: ReadonlyMap<string, CassetteError>;
  /** Materialized views, as `keyspace.view`: their columns follow from a SELECT and are not made out. */
  readonly views: ReadonlySet<string>;
}

/** The keyspace of names that tell none, before a USE, as in an app's own schema. */
const DEFAULT_KEYSPACE = 'cassette';
const VIEW = /^create\s+materialized\s+view\s+(?:if\s+not\s+exists\s+)?(?:(\w+|"(?:[^"]|"")+")\s*\.\s*)?(\w+|"(?:[^"]|"")+")/i;

/**
 * Reads a whole schema of Cassandra's (what DESCRIBE prints, of any version) or of an app's: what describes no file is passed over, and a
 * table that can't be understood is an error only for who asks for it. Throws CassetteError CANNOT_READ, and QueryFileError, which tells
 * the place, for what is no CQL.
 */
export function readSchemaFile(file: string): SchemaFile {
  const text = readText(file);
  const reading = new SchemaReading(file, text);
  try {
    for (const { statement } of parseStatements(text)) reading.take(statement);
  } catch (error) {
    throw QueryFileError.of(error, file, text, 0);
  }
  return reading;
}

class SchemaReading implements SchemaFile {
  readonly file: string;
  schema = Schema.empty;
  readonly notUnderstood = new Map<string, CassetteError>();
  readonly views = new Set<string>();
  private keyspace = DEFAULT_KEYSPACE;
  private readonly text: string;

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
  }

  take(given: Statement): void {
    if (given.kind === 'unsupported') {
      const [, keyspace, view] = VIEW.exec(given.text) ?? [];
      if (view !== undefined) this.views.add(`${keyspace === undefined ? this.keyspace : plain(keyspace)}.${plain(view)}`);
    }
    const statement = readableStatement(given);
    if (statement === null) return;
    if (statement.kind === 'use') this.keyspace = statement.keyspace.name;
    else if (isSchemaStatement(statement)) this.apply(statement);
  }

  private apply(statement: SchemaStatement): void {
    const context: SchemaChangeContext = {
      source: this.text,
      keyspace: this.keyspace,
      newTableId: () => Uuid.random(),
      timestamp: () => Date.now() * 1000,
    };
    const table = tableOf(statement, this.keyspace);
    try {
      this.schema = applySchemaStatement(this.withKeyspaceOf(statement), statement, context);
      if (statement.kind === 'dropTable' && table !== null) this.notUnderstood.delete(table);
    } catch (error) {
      if (!(error instanceof CassetteError)) throw error;
      const told = QueryFileError.of(error, this.file, this.text, 0) as CassetteError;
      for (const one of table === null ? this.usersOf(statement) : [table]) this.notUnderstood.set(one, told);
    }
  }

  /** A keyspace is there as soon as something is in it: what it was made with is in no file. */
  private withKeyspaceOf(statement: SchemaStatement): Schema {
    const name = keyspaceOf(statement, this.keyspace);
    if (this.schema.keyspace(name) !== undefined) return this.schema;
    return this.schema.withKeyspace(new KeyspaceMetadata({ name, replication: {}, durableWrites: true }));
  }

  /** The tables that use a type. */
  private usersOf(statement: SchemaStatement): string[] {
    if (statement.kind !== 'alterType') return [];
    const keyspace = this.schema.keyspace(keyspaceOf(statement, this.keyspace));
    return [...(keyspace?.tables.values() ?? [])]
      .filter(({ columns }) => columns.some(({ type }) => referencesUserType(type, statement.name.name)))
      .map(String);
  }
}

function keyspaceOf(statement: SchemaStatement, current: string): string {
  if ('table' in statement) return statement.table.keyspace ?? current;
  if ('name' in statement) return statement.name.keyspace ?? current;
  return statement.keyspace.name;
}

function tableOf(statement: SchemaStatement, current: string): string | null {
  return 'table' in statement ? `${statement.table.keyspace ?? current}.${statement.table.name}` : null;
}

/** A name as it is stored: lower case unless it is quoted. */
function plain(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase();
}
