import { withParts } from '@cassette/bytes';
import {
  CqlSyntaxError,
  type Identifier,
  InvalidRequestError,
  parseStatements,
  type Schema,
  type Statement,
  type TruncateStatement,
  Uuid,
} from '@cassette/cql';
import { applySchemaStatement, isSchemaStatement, type SchemaStatement } from '../ddl/index.ts';
import type { Environment } from '../prepared/index.ts';
import type { WriteEngine } from '../write-engine/index.ts';

/** Executes statements about the schema, one after the other. */
export class SchemaExecutor {
  private readonly engine: WriteEngine;
  private readonly environment: Environment;
  /** Keyspaces that are made when they are needed: those that users of the store say they are in. */
  private readonly defaultKeyspaces: Set<string>;
  private last: Promise<unknown> = Promise.resolve();

  constructor(engine: WriteEngine, environment: Environment, defaultKeyspace: string) {
    this.engine = engine;
    this.environment = environment;
    this.defaultKeyspaces = new Set([defaultKeyspace]);
  }

  /** One more keyspace that is made when it is needed. */
  allow(keyspace: string): void {
    this.defaultKeyspaces.add(keyspace);
  }

  /** Executes one statement; `keyspace`: that of names that tell none. */
  execute(source: string, statement: SchemaStatement, keyspace: string): Promise<void> {
    return this.alone(async () => {
      const { schema } = this.engine;
      const next = await withParts(() => this.apply(schema, source, statement, keyspace));
      if (next === schema) return;
      // In SSTables cells have their column's name: those written after the time of the drop are there again when it is added again.
      if (statement.kind === 'alterTable' && statement.action.kind === 'dropColumns') await this.engine.flush();
      await this.engine.changeSchema(next);
    });
  }

  /** Executes a script that makes a schema, as one change; returns the keyspace that USE left. */
  executeScript(script: string, keyspace: string): Promise<string> {
    return this.alone(async () => {
      const { schema } = this.engine;
      let next = schema;
      let current = keyspace;
      const source = script;
      for (const { statement } of parseStatements(script)) {
        if (statement.kind === 'use') {
          current = this.checkKeyspace(next, statement.keyspace, source);
          continue;
        }
        if (!isSchemaStatement(statement)) {
          throw new InvalidRequestError('The schema is made of CREATE, ALTER and USE: execute other statements after opening', {
            source: script,
            position: statement.pos,
          });
        }
        // Opening again finds everything there.
        const taken = 'ifNotExists' in statement ? { ...statement, ifNotExists: true } : statement;
        const before = next;
        const where = current;
        next = await withParts(() => this.apply(before, source, taken, where));
      }
      if (next !== schema) await this.engine.changeSchema(next);
      return current;
    });
  }

  /** TRUNCATE. */
  truncate(source: string, statement: TruncateStatement, keyspace: string): Promise<void> {
    return this.alone(async () => {
      const name = statement.table.keyspace ?? keyspace;
      const table = this.engine.schema.table(name, statement.table.name);
      if (table === undefined) {
        throw new InvalidRequestError(`table ${statement.table.name} does not exist in keyspace ${name}`, {
          source,
          position: statement.table.pos,
        });
      }
      await this.engine.truncate(table.id);
    });
  }

  /** The name of a keyspace that is there, for USE. */
  checkKeyspace(schema: Schema, { name, pos }: Identifier, source: string): string {
    if (schema.keyspace(name) === undefined && !this.defaultKeyspaces.has(name)) {
      throw new InvalidRequestError(`Keyspace '${name}' does not exist`, { source, position: pos });
    }
    return name;
  }

  private apply(schema: Schema, source: string, statement: SchemaStatement, keyspace: string): Schema {
    const random = new Uint8Array(16);
    return applySchemaStatement(this.withDefaultKeyspace(schema, statement, keyspace), statement, {
      source,
      keyspace,
      newTableId: () => {
        this.environment.randomBytes(random);
        random[6] = (random[6] & 0x0f) | 0x40;
        random[8] = (random[8] & 0x3f) | 0x80;
        return new Uuid(random.slice());
      },
      timestamp: () => this.environment.timestamp(),
    });
  }

  /** A table or type made in the default keyspace makes the keyspace. */
  private withDefaultKeyspace(schema: Schema, statement: SchemaStatement, keyspace: string): Schema {
    const name = statement.kind === 'createTable' ? statement.table : statement.kind === 'createType' ? statement.name : null;
    const wanted = name?.keyspace ?? keyspace;
    if (name === null || !this.defaultKeyspaces.has(wanted) || schema.keyspace(wanted) !== undefined) return schema;
    const source = `CREATE KEYSPACE "${wanted.replaceAll('"', '""')}" WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`;
    const [made] = parseStatements(source) as readonly { statement: Statement }[];
    if (!isSchemaStatement(made.statement)) throw new CqlSyntaxError('expected CREATE KEYSPACE', source, 0);
    return this.apply(schema, source, made.statement, wanted);
  }

  /** Runs a task while no statement changes the schema; those that come meanwhile wait. */
  alone<T>(run: () => Promise<T>): Promise<T> {
    const result = this.last.then(run);
    // A failure is its caller's; those behind it go on.
    this.last = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }
}
