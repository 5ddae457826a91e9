import { CassetteError } from '@cassette/bytes';
import {
  CqlError,
  type CreateTableStatement,
  KeyspaceMetadata,
  type Property,
  parseStatements,
  type QualifiedName,
  readTableParams,
  Schema,
  type Statement,
  Uuid,
} from '@cassette/cql';
import { applySchemaStatement, isSchemaStatement, type SchemaStatement } from '../ddl/index.ts';
import type { NamedTable } from './gather.ts';
import { ImportError } from './import-error.ts';

/** What keyspaces have that nobody described. */
export const PLAIN_REPLICATION = { class: 'SimpleStrategy', replication_factor: '1' } as const;

/** What is said of the tables that are imported. */
export interface ImportedSchema {
  /** Its table ids mean nothing. */
  readonly schema: Schema;
  /** Statements that there is no use for here: of indexes, views, functions. */
  readonly ignored: readonly string[];
  readonly warnings: readonly string[];
}

/** A file of CQL. */
export interface SchemaText {
  /** For messages. */
  readonly name: string;
  readonly text: string;
  /** Of names that tell none. */
  readonly keyspace: string;
}

/**
 * The schema that files of CQL make together, as Cassandra's DESCRIBE, snapshots and exports write them: a thing that is made twice must be
 * made alike, options of tables that are unknown here are left out with a warning, table ids are not taken. Throws ImportError
 * SCHEMA_MISMATCH, and CqlErrors, whose message tells the file.
 */
export function readSchema(texts: readonly SchemaText[], named: NamedTable): ImportedSchema {
  const ignored: string[] = [];
  const warnings: string[] = [];
  let schema = Schema.empty;
  for (const file of texts) {
    try {
      const reading = new SchemaReading(file, named, ignored, warnings);
      for (const { statement } of parseStatements(file.text)) reading.take(statement);
      schema = together(schema, reading.schema, file.name);
    } catch (error) {
      if (error instanceof CqlError) error.message = `${file.name}: ${error.message}`;
      throw error;
    }
  }
  return { schema, ignored, warnings };
}

class SchemaReading {
  schema = Schema.empty;
  private keyspace: string;
  private readonly file: SchemaText;
  private readonly named: NamedTable;
  private readonly ignored: string[];
  private readonly warnings: string[];
  private nextId = 1;

  constructor(file: SchemaText, named: NamedTable, ignored: string[], warnings: string[]) {
    this.file = file;
    this.named = named;
    this.ignored = ignored;
    this.warnings = warnings;
    this.keyspace = file.keyspace;
  }

  take(given: Statement): void {
    if (given.kind === 'use') {
      this.keyspace = given.keyspace.name;
      return;
    }
    if (!isSchemaStatement(given)) {
      const what = given.kind === 'unsupported' ? given.what : given.kind === 'createIndex' ? 'CREATE INDEX' : given.kind;
      this.ignored.push(`${this.file.name}: ${what}`);
      return;
    }
    const statement = this.placed(this.understood(given));
    if (statement === null) return;
    this.schema = applySchemaStatement(this.withKeyspaceOf(statement), statement, {
      source: this.file.text,
      keyspace: this.keyspace,
      newTableId: () => this.newId(),
      timestamp: () => 0,
    });
  }

  /** The statement in the keyspace that whoever imports wants; null for what he has no use for. */
  private placed(statement: SchemaStatement): SchemaStatement | null {
    const { table, keyspace: wanted } = this.named;
    const keyspace = table?.keyspace ?? wanted;
    const at = (name: QualifiedName): QualifiedName => (keyspace === undefined ? name : { ...name, keyspace });
    switch (statement.kind) {
      case 'createKeyspace':
      case 'alterKeyspace':
        return keyspace === undefined ? statement : null;
      case 'dropKeyspace':
        return null;
      case 'createTable':
      case 'alterTable':
      case 'dropTable':
        return { ...statement, table: at(statement.table) };
      case 'createType':
      case 'alterType':
      case 'dropType':
        return { ...statement, name: at(statement.name) };
    }
  }

  private understood(statement: SchemaStatement): SchemaStatement {
    if (statement.kind === 'createTable') return { ...this.withKnownOptions(statement), ifNotExists: false };
    return statement;
  }

  /** Other versions of Cassandra have other options; of those that ours has the values may be others. */
  private withKnownOptions(statement: CreateTableStatement): CreateTableStatement {
    const columns = statement.columns.map((column) => ({ ...column, mask: null }));
    const isKnown = (property: Property) => {
      if (property.name === 'id') return false;
      try {
        readTableParams([property], this.file.text);
        return true;
      } catch (error) {
        if (!(error instanceof CassetteError)) throw error;
        this.warnings.push(
          `${this.file.name}: option ${property.name} of ${statement.table.name} is not taken: ${error.message}`,
        );
        return false;
      }
    };
    return { ...statement, columns, properties: statement.properties.filter(isKnown) };
  }

  /** Snapshots tell of tables without telling of their keyspace. */
  private withKeyspaceOf(statement: SchemaStatement): Schema {
    const name = 'table' in statement ? statement.table : 'name' in statement ? statement.name : null;
    const keyspace = name === null ? undefined : (name.keyspace ?? this.keyspace);
    if (keyspace === undefined || this.schema.keyspace(keyspace) !== undefined) return this.schema;
    return this.schema.withKeyspace(
      new KeyspaceMetadata({ name: keyspace, replication: PLAIN_REPLICATION, durableWrites: true }),
    );
  }

  private newId(): Uuid {
    const bytes = new Uint8Array(16);
    new DataView(bytes.buffer).setUint32(12, this.nextId++);
    return new Uuid(bytes);
  }
}

/** Two schemas as one; what is in both must be the same. */
function together(first: Schema, second: Schema, file: string): Schema {
  let schema = first;
  for (const keyspace of second.keyspaces.values()) {
    const known = schema.keyspace(keyspace.name);
    if (known === undefined) {
      schema = schema.withKeyspace(keyspace);
      continue;
    }
    const types = new Map(known.types);
    for (const [name, type] of keyspace.types) {
      const other = types.get(name);
      if (other !== undefined && !other.equals(type)) throw twice(file, `type ${keyspace.name}.${name}`);
      types.set(name, type);
    }
    const tables = new Map(known.tables);
    for (const [name, table] of keyspace.tables) {
      const other = tables.get(name);
      const columns = ({ columns }: typeof table) =>
        columns.map((c) => `${c.name} ${c.kind} ${c.position} ${c.descending} ${c.type.marshalName()}`).join();
      if (other !== undefined && columns(other) !== columns(table)) throw twice(file, `table ${keyspace.name}.${name}`);
      tables.set(name, table);
    }
    // What says how it is replicated says more than what only has its tables.
    const isPlain = known.replication === PLAIN_REPLICATION;
    const { replication, durableWrites } = isPlain ? keyspace : known;
    schema = schema.withKeyspace(new KeyspaceMetadata({ name: keyspace.name, replication, durableWrites, types, tables }));
  }
  return schema;
}

function twice(file: string, what: string): ImportError {
  return new ImportError(
    'SCHEMA_MISMATCH',
    `${file} makes ${what} otherwise than another schema.cql that is imported with it: import them one after the other, or give the schema in the option 'schema'`,
    { file },
  );
}
