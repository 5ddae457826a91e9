import { assertNever } from '@cassette/bytes';
import type { DescribeTarget, Statement } from '../ast/index.ts';
import { printBatch, printModification } from './modifications.ts';
import { printFunctionName, printName, printQualifiedName, printUserTypeName } from './names.ts';
import {
  printAlterTableAction,
  printAlterTypeAction,
  printCreateIndex,
  printCreateTable,
  printField,
  printProperties,
} from './schema.ts';
import { printSelect } from './select.ts';

/**
 * A statement in its canonical form, without `;`: {@link parseStatement} of it gives the same tree again, but for positions. Of two
 * ways to write the same (`+=`, `COLUMNFAMILY`, order of options) it takes one.
 */
export function printStatement(statement: Statement): string {
  switch (statement.kind) {
    case 'select':
      return printSelect(statement);
    case 'insert':
    case 'insertJson':
    case 'update':
    case 'delete':
      return printModification(statement);
    case 'batch':
      return printBatch(statement);
    case 'truncate':
      return `TRUNCATE ${printQualifiedName(statement.table)}`;
    case 'use':
      return `USE ${printName(statement.keyspace)}`;
    case 'createKeyspace':
      return `CREATE KEYSPACE ${notExists(statement)}${printName(statement.keyspace)} WITH ${printProperties(statement.properties)}`;
    case 'alterKeyspace':
      return `ALTER KEYSPACE ${exists(statement)}${printName(statement.keyspace)} WITH ${printProperties(statement.properties)}`;
    case 'dropKeyspace':
      return `DROP KEYSPACE ${exists(statement)}${printName(statement.keyspace)}`;
    case 'createTable':
      return printCreateTable(statement);
    case 'alterTable':
      return `ALTER TABLE ${exists(statement)}${printQualifiedName(statement.table)} ${printAlterTableAction(statement.action)}`;
    case 'dropTable':
      return `DROP TABLE ${exists(statement)}${printQualifiedName(statement.table)}`;
    case 'createType':
      return `CREATE TYPE ${notExists(statement)}${printUserTypeName(statement.name)} (${statement.fields.map(printField).join(', ')})`;
    case 'alterType':
      return `ALTER TYPE ${exists(statement)}${printUserTypeName(statement.name)} ${printAlterTypeAction(statement.action)}`;
    case 'dropType':
      return `DROP TYPE ${exists(statement)}${printUserTypeName(statement.name)}`;
    case 'createIndex':
      return printCreateIndex(statement);
    case 'dropIndex':
      return `DROP INDEX ${exists(statement)}${printQualifiedName(statement.name)}`;
    case 'describe':
      return `DESCRIBE ${printDescribeTarget(statement.target)}${statement.withInternals ? ' WITH INTERNALS' : ''}`;
    case 'unsupported':
      return statement.text;
    default:
      return assertNever(statement, 'statement');
  }
}

function printDescribeTarget(target: DescribeTarget): string {
  switch (target.kind) {
    case 'schema':
      return target.full ? 'FULL SCHEMA' : 'SCHEMA';
    case 'keyspace': {
      const keyword = target.only ? 'ONLY KEYSPACE' : 'KEYSPACE';
      return target.keyspace ? `${keyword} ${printName(target.keyspace)}` : keyword;
    }
    case 'table':
    case 'index':
      return `${target.kind.toUpperCase()} ${printQualifiedName(target.name)}`;
    case 'materializedView':
      return `MATERIALIZED VIEW ${printQualifiedName(target.name)}`;
    case 'type':
      return `TYPE ${printUserTypeName(target.name)}`;
    case 'function':
    case 'aggregate':
      return `${target.kind.toUpperCase()} ${printFunctionName(target.name)}`;
    case 'element':
      return printElement(printQualifiedName(target.name));
    default:
      return target.kind.toUpperCase();
  }
}

/** `DESCRIBE tables` asks for all tables; of something that is named so, the name goes in quotes. */
function printElement(name: string): string {
  return name.replace(/^(?:cluster|keyspaces|tables|types|functions|aggregates|columnfamilies)(?=$|\.)/, '"$&"');
}

function exists(statement: { readonly ifExists: boolean }): string {
  return statement.ifExists ? 'IF EXISTS ' : '';
}

function notExists(statement: { readonly ifNotExists: boolean }): string {
  return statement.ifNotExists ? 'IF NOT EXISTS ' : '';
}
