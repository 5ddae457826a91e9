import { type BatchStatement, parseStatement, type Schema, type Statement } from '@cassette/cql';
import { Attributes } from '../cql-to-mutation/attributes.ts';
import type { ModificationPlan } from '../cql-to-mutation/modification-plan.ts';
import { prepareModification } from '../cql-to-mutation/prepare-modification.ts';
import { prepareSelect } from '../select/prepare-select.ts';
import { type BatchPlan, type DataPlan, PreparedStatement } from './prepared-statement.ts';
import { StatementContext } from './statement-context.ts';

/** Parses and plans a statement. Throws CqlSyntaxError or InvalidRequestError. */
export function prepareStatement(source: string, schema: Schema, keyspace: string | undefined): PreparedStatement {
  const statement = parseStatement(source);
  const context = new StatementContext(source, schema, keyspace, statement.bindMarkers);
  const plan = planOf(context, statement);
  const markers = plan === null ? [] : context.markerSpecs();
  return new PreparedStatement(source, statement, plan, markers, context.markerNames);
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
  if (statement.type === 'counter') {
    throw context.invalid('Counter batches are not supported: there are no counter tables', statement.pos);
  }
  if (statement.using.ttl !== null) throw context.invalid('Global TTL on the BATCH statement is not supported.', statement.pos);
  const statements = statement.statements.map((child) => prepareModification(context, child));
  const attributes = new Attributes(context, statement.using, '', '');
  checkBatch(context, statements, attributes.hasTimestamp);
  return { kind: 'batch', attributes, statements };
}

/** What statements of a batch may not be together. */
export function checkBatch(context: StatementContext, statements: readonly ModificationPlan[], hasTimestamp: boolean): void {
  if (hasTimestamp && statements.some((child) => child.parts.attributes.hasTimestamp)) {
    throw context.invalid('Timestamp must be set either on BATCH or individual statements');
  }
  const conditional = statements.filter((child) => child.parts.conditions !== null);
  if (conditional.length > 0 && hasTimestamp) throw context.invalid('Cannot provide custom timestamp for conditional BATCH');
  if (conditional.length > 0 && new Set(statements.map((child) => child.table)).size > 1) {
    throw context.invalid('Batch with conditions cannot span multiple tables');
  }
}
