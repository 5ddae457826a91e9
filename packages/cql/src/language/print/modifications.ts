import { assertNever } from '@cassette/bytes';
import type {
  BatchStatement,
  DeleteStatement,
  InsertJsonStatement,
  InsertStatement,
  ModificationStatement,
  UpdateOperation,
  UpdateStatement,
  Using,
} from '../ast/index.ts';
import { printName, printQualifiedName } from './names.ts';
import { printIf, printNames, printTarget, printWhere } from './relations.ts';
import { printConstant, printIntegerTerm, printTerm, printTerms } from './terms.ts';

/** An INSERT, UPDATE or DELETE as CQL writes it. */
export function printModification(statement: ModificationStatement): string {
  switch (statement.kind) {
    case 'insert':
      return printInsert(statement);
    case 'insertJson':
      return printInsertJson(statement);
    case 'update':
      return printUpdate(statement);
    case 'delete':
      return printDelete(statement);
    default:
      return assertNever(statement, 'statement');
  }
}

/** A batch, one statement a line. */
export function printBatch(batch: BatchStatement): string {
  const type = batch.type === 'logged' ? undefined : batch.type.toUpperCase();
  const head = join('BEGIN', type, 'BATCH', printUsing(batch.using));
  return [head, ...batch.statements.map((statement) => `  ${printModification(statement)};`), 'APPLY BATCH'].join('\n');
}

function printInsert(insert: InsertStatement): string {
  const head = `INSERT INTO ${printQualifiedName(insert.table)} ${printNames(insert.columns)} VALUES (${printTerms(insert.values)})`;
  return join(head, insert.ifNotExists ? 'IF NOT EXISTS' : undefined, printUsing(insert.using));
}

function printInsertJson(insert: InsertJsonStatement): string {
  const head = `INSERT INTO ${printQualifiedName(insert.table)} JSON ${printConstant(insert.json)}`;
  const missing = insert.missing === 'unset' ? 'DEFAULT UNSET' : undefined;
  return join(head, missing, insert.ifNotExists ? 'IF NOT EXISTS' : undefined, printUsing(insert.using));
}

function printUpdate(update: UpdateStatement): string {
  const set = `SET ${update.operations.map(printOperation).join(', ')}`;
  const condition = printIf(update.ifExists, update.conditions);
  return join('UPDATE', printQualifiedName(update.table), printUsing(update.using), set, printWhere(update.where), condition);
}

function printOperation(operation: UpdateOperation): string {
  const column = printName(operation.column);
  const value = printTerm(operation.value);
  switch (operation.kind) {
    case 'set':
      return `${column} = ${value}`;
    case 'add':
      return `${column} = ${column} + ${value}`;
    case 'subtract':
      return `${column} = ${column} - ${value}`;
    case 'prepend':
      return `${column} = ${value} + ${column}`;
    case 'setElement':
      return `${column}[${printTerm(operation.key)}] = ${value}`;
    case 'setField':
      return `${column}.${printName(operation.field)} = ${value}`;
    default:
      return assertNever(operation, 'operation');
  }
}

function printDelete(statement: DeleteStatement): string {
  const targets = statement.targets.length === 0 ? undefined : statement.targets.map(printTarget).join(', ');
  const table = printQualifiedName(statement.table);
  const condition = printIf(statement.ifExists, statement.conditions);
  return join('DELETE', targets, 'FROM', table, printUsing(statement.using), printWhere(statement.where), condition);
}

function printUsing({ timestamp, ttl }: Using): string | undefined {
  const parts: string[] = [];
  if (timestamp) parts.push(`TIMESTAMP ${printIntegerTerm(timestamp)}`);
  if (ttl) parts.push(`TTL ${printIntegerTerm(ttl)}`);
  return parts.length === 0 ? undefined : `USING ${parts.join(' AND ')}`;
}

function join(...parts: (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(' ');
}
