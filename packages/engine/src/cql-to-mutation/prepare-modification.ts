import type {
  ColumnMetadata,
  DeleteStatement,
  Identifier,
  InsertJsonStatement,
  InsertStatement,
  ModificationStatement,
  TableMetadata,
  UpdateStatement,
  Using,
} from '@cassette/cql';
import { rareForms } from '../prepared/rare-forms-part.ts';
import { existingColumn, StatementRestrictions } from '../prepared/restrictions/index.ts';
import { receiver, type StatementContext } from '../prepared/statement-context.ts';
import { type BoundTerm, prepareTerm } from '../prepared/terms/index.ts';
import { Attributes } from './attributes.ts';
import { checkCounterStatement } from './check-counters.ts';
import type { Conditions } from './conditions.ts';
import { InsertPlan, type ModificationParts, type ModificationPlan, RestrictedPlan } from './modification-plan.ts';
import type { Operation } from './operation.ts';
import { prepareDeletion, prepareSet, prepareUpdate, setOperation } from './prepare-operation.ts';

/** Plans an INSERT, UPDATE or DELETE. Throws InvalidRequestError for what is not understood or not allowed. */
export function prepareModification(context: StatementContext, statement: ModificationStatement): ModificationPlan {
  checkCounterStatement(context, context.table(statement.table), statement);
  switch (statement.kind) {
    case 'insert':
      return prepareInsert(context, statement);
    case 'insertJson':
      return prepareInsertJson(context, statement);
    case 'update':
      return prepareUpdateStatement(context, statement);
    case 'delete':
      return prepareDelete(context, statement);
  }
}

const isKey = (column: ColumnMetadata) => column.kind === 'partition_key' || column.kind === 'clustering';

/** By kind, each in storage order; the order of operations on one column stays. */
function byKind(operations: readonly Operation[]): Pick<ModificationParts, 'regular' | 'statics'> {
  const sorted = [...operations].sort((a, b) => a.column.position - b.column.position);
  return {
    regular: sorted.filter((operation) => operation.column.kind === 'regular'),
    statics: sorted.filter((operation) => operation.column.kind === 'static'),
  };
}

function prepareInsert(context: StatementContext, statement: InsertStatement): ModificationPlan {
  const table = context.table(statement.table);
  if (statement.columns.length !== statement.values.length) {
    const { columns, values } = statement;
    const extra = columns[values.length] ?? values[columns.length];
    throw context.invalid(
      `Unmatched column names/values: ${columns.length} columns are named and ${values.length} values given`,
      extra.pos,
    );
  }
  const terms = new Map<ColumnMetadata, BoundTerm>();
  const operations: Operation[] = [];
  const seen = new Set<string>();
  for (const [i, name] of statement.columns.entries()) {
    const column = existingColumn(context, table, name);
    if (seen.has(name.name)) throw context.invalid(`The column names contains duplicates: ${name.name}`, name.pos);
    seen.add(name.name);
    const value = statement.values[i];
    if (isKey(column)) terms.set(column, prepareTerm(context, receiver(table, column.name, column.type), value));
    else operations.push(prepareSet(context, table, column, value));
  }
  const missingKey = table.partitionKey.filter((column) => !terms.has(column));
  if (missingKey.length > 0) {
    throw context.invalid(
      `Some partition key parts are missing: ${namesOf(missingKey)}. Give them values`,
      statement.columns[0].pos,
    );
  }
  const missing = table.clustering.filter((column) => !terms.has(column));
  const onlyStatic =
    operations.length > 0 &&
    operations.every(({ column }) => column.kind === 'static') &&
    missing.length === table.clustering.length;
  if (missing.length > 0 && !onlyStatic) {
    throw context.invalid(`Some clustering keys are missing: ${namesOf(missing)}. Give them values`, statement.columns[0].pos);
  }
  return insertPlan(context, table, statement, terms, operations);
}

/** INSERT … JSON: a value for every column, for those that the JSON leaves out too. Cassandra: UpdateStatement.ParsedInsertJson. */
function prepareInsertJson(context: StatementContext, statement: InsertJsonStatement): ModificationPlan {
  const table = context.table(statement.table);
  const terms = rareForms.module.jsonTerms(context, table, statement);
  const operations = [...terms].filter(([column]) => !isKey(column)).map(([column, term]) => setOperation(column, term));
  return insertPlan(context, table, statement, terms, operations);
}

/** What both forms of INSERT come to. */
function insertPlan(
  context: StatementContext,
  table: TableMetadata,
  statement: InsertStatement | InsertJsonStatement,
  terms: ReadonlyMap<ColumnMetadata, BoundTerm>,
  operations: readonly Operation[],
): ModificationPlan {
  const { regular, statics } = byKind(operations);
  const conditions = statement.ifNotExists ? new rareForms.module.Conditions('notExists') : null;
  const attributes = new Attributes(context, statement.using, table.keyspace, table.name);
  checkConditional(context, conditions, statement.using);
  const term = (column: ColumnMetadata) => terms.get(column) as BoundTerm;
  const writesRow = table.clustering.every((column) => terms.has(column));
  return new InsertPlan(
    { kind: 'insert', table, where: context.place(statement.pos), attributes, regular, statics, conditions },
    table.partitionKey.map(term),
    writesRow ? table.clustering.map(term) : null,
  );
}

function namesOf(columns: readonly ColumnMetadata[]): string {
  return columns.map((column) => column.name).join(', ');
}

function checkConditional(context: StatementContext, conditions: Conditions | null, { timestamp }: Using): void {
  if (conditions !== null && timestamp !== null) {
    throw context.invalid('Cannot provide custom timestamp for conditional updates', timestamp.pos);
  }
}

function changeable(context: StatementContext, table: TableMetadata, name: Identifier, message: string): ColumnMetadata {
  const column = existingColumn(context, table, name);
  if (isKey(column)) throw context.invalid(message, name.pos);
  return column;
}

function prepareUpdateStatement(context: StatementContext, statement: UpdateStatement): ModificationPlan {
  const table = context.table(statement.table);
  const attributes = new Attributes(context, statement.using, table.keyspace, table.name);
  const operations: Operation[] = [];
  const whole = new Map<string, boolean>();
  const fields = new Set<string>();
  for (const update of statement.operations) {
    const { name } = update.column;
    const column = changeable(context, table, update.column, `PRIMARY KEY part ${name} found in SET part`);
    const isWhole = update.kind === 'set';
    const field = update.kind === 'setField' ? `${name}.${update.field.name}` : null;
    if ((whole.has(name) && (isWhole || whole.get(name) === true)) || (field !== null && fields.has(field))) {
      throw context.invalid(`Multiple incompatible setting of column ${name}`, update.pos);
    }
    whole.set(name, isWhole);
    if (field !== null) fields.add(field);
    operations.push(prepareUpdate(context, table, column, update, statement.ifExists || statement.conditions.length > 0));
  }
  const { regular, statics } = byKind(operations);
  const conditions = conditionsOf(context, table, statement);
  checkConditional(context, conditions, statement.using);
  const restrictions = new StatementRestrictions(context, table, statement.where, {
    statement: 'UPDATE',
    allowFiltering: false,
    pos: statement.pos,
    onlyStatic: regular.length === 0 && !looksAtRows(conditions),
  });
  checkOneRow(context, conditions, restrictions, 'UPDATE');
  return new RestrictedPlan(
    { kind: 'update', table, where: context.place(statement.pos), attributes, regular, statics, conditions },
    restrictions,
    false,
  );
}

function conditionsOf(
  context: StatementContext,
  table: TableMetadata,
  statement: UpdateStatement | DeleteStatement,
): Conditions | null {
  if (!statement.ifExists && statement.conditions.length === 0) return null;
  const { Conditions, prepareConditions } = rareForms.module;
  if (statement.ifExists) return new Conditions('exists');
  return new Conditions('columns', prepareConditions(context, table, statement.conditions));
}

/** Whether there are conditions on columns of rows, so that a row has to be named. Cassandra: Conditions#appliesToRegularColumns. */
function looksAtRows(conditions: Conditions | null): boolean {
  return conditions !== null && conditions.kind === 'columns' && !conditions.onlyStatic;
}

function checkOneRow(
  context: StatementContext,
  conditions: Conditions | null,
  restrictions: StatementRestrictions,
  statement: string,
): void {
  if (conditions === null) return;
  if (restrictions.keysAreIn || restrictions.hasClusteringIn) {
    throw context.invalid(
      `IN on the ${restrictions.keysAreIn ? 'partition' : 'clustering'} key columns is not supported with conditional ${statement.toLowerCase()}s`,
      restrictions.inWhere.position,
    );
  }
}

function prepareDelete(context: StatementContext, statement: DeleteStatement): ModificationPlan {
  const table = context.table(statement.table);
  const attributes = new Attributes(context, statement.using, table.keyspace, table.name);
  const operations = statement.targets.map((target) => {
    const { name } = target.column;
    const message = `Invalid identifier ${name} for deletion (should not be a PRIMARY KEY part)`;
    return prepareDeletion(context, table, changeable(context, table, target.column, message), target);
  });
  const { regular, statics } = byKind(operations);
  const conditions = conditionsOf(context, table, statement);
  checkConditional(context, conditions, statement.using);
  const onlyStatic = regular.length === 0 && statics.length > 0 && !looksAtRows(conditions);
  const restrictions = new StatementRestrictions(context, table, statement.where, {
    statement: 'DELETE',
    allowFiltering: false,
    pos: statement.pos,
    onlyStatic,
  });
  if (regular.length > 0 && !restrictions.namesRows) {
    throw context.invalid(
      `Range deletions are not supported for specific columns: restrict ${namesOf(table.clustering)} by = or IN, or delete whole rows`,
      statement.targets[0].pos,
    );
  }
  checkOneRow(context, conditions, restrictions, 'DELETE');
  if (conditions !== null && !restrictions.namesRows && !onlyStatic) {
    throw context.invalid(
      'DELETE statements must restrict all PRIMARY KEY columns with equality relations in order to use IF conditions',
      statement.pos,
    );
  }
  return new RestrictedPlan(
    { kind: 'delete', table, where: context.place(statement.pos), attributes, regular, statics, conditions },
    restrictions,
    operations.length === 0,
  );
}
