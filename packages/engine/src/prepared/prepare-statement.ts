import { type BatchStatement, parseStatement, pointedAt, type Schema, type Statement } from '@cassette/cql';
import { Attributes } from '../cql-to-mutation/attributes.ts';
import { checkCounterBatch } from '../cql-to-mutation/check-counters.ts';
import type { ModificationPlan } from '../cql-to-mutation/modification-plan.ts';
import { prepareModification } from '../cql-to-mutation/prepare-modification.ts';
import { prepareSelect } from '../select/prepare-select.ts';
import { type BatchPlan, type DataPlan, PreparedStatement } from './prepared-statement.ts';
import { StatementContext } from './statement-context.ts';

/** Parses and plans a statement. Throws CqlSyntaxError or InvalidRequestError. */
export function prepareStatement(source: string, schema: Schema, keyspace: string | undefined): PreparedStatement {
  const statement = parseStatement(source);
  const context = new StatementContext(source, schema, keyspace, statement.bindMarkers);
  const plan = planned(context, statement);
  const markers = plan === null ? [] : context.markerSpecs();
  return new PreparedStatement(source, statement, plan, markers, context.markerNames);
}

/** As planOf; errors that point nowhere are made to point at the statement. */
function planned(context: StatementContext, statement: Statement): DataPlan | null {
  try {
    return planOf(context, statement);
  } catch (error) {
    throw pointedAt(error, context.place(statement.pos));
  }
}

function planOf(context: StatementContext, statement: Statement): DataPlan | null {
  switch (statement.kind) {
    case 'select':
      return prepareSelect(context, statement);
    case 'insert':
    case 'insertJson':
    case 'update':
    case 'delete':
      return prepareModification(context, statement);
    case 'batch':
      return prepareBatch(context, statement);
    default:
      return null;
  }
}

function prepareBatch(context: StatementContext, statement: BatchStatement): BatchPlan {
  if (statement.using.ttl !== null) {
    throw context.invalid(
      'Global TTL on the BATCH statement is not supported. Give it to the statements in it',
      statement.using.ttl.pos,
    );
  }
  const statements = statement.statements.map((child) => prepareModification(context, child));
  const attributes = new Attributes(context, statement.using, '', '');
  const { timestamp } = statement.using;
  checkCounterBatch(statement.type, statements, timestamp === null ? null : context.place(timestamp.pos));
  checkBatch(context, statements, statement);
  return { kind: 'batch', attributes, statements };
}

/** What statements of a batch may not be together. */
function checkBatch(context: StatementContext, statements: readonly ModificationPlan[], { using }: BatchStatement): void {
  const { timestamp } = using;
  const own = statements.find((child) => child.parts.attributes.hasTimestamp);
  if (timestamp !== null && own !== undefined) {
    throw context.invalid('Timestamp must be set either on BATCH or individual statements', own.parts.where.position);
  }
  const conditional = statements.filter((child) => child.parts.conditions !== null);
  if (conditional.length === 0) return;
  if (timestamp !== null) {
    throw context.invalid('Cannot provide custom timestamp for conditional BATCH', timestamp.pos);
  }
  const other = statements.find((child) => child.table !== statements[0].table);
  if (other !== undefined) {
    throw context.invalid('Batch with conditions cannot span multiple tables', other.parts.where.position);
  }
}
