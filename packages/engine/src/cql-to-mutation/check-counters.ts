import type { BatchStatement, ModificationStatement, Place, TableMetadata } from '@cassette/cql';
import { InvalidRequestError } from '@cassette/cql';
import type { StatementContext } from '../prepared/statement-context.ts';
import type { ModificationPlan } from './modification-plan.ts';

/** Refuses statements that counters don't take. Cassandra: ModificationStatement#validate, UpdateStatement.ParsedInsert. */
export function checkCounterStatement(context: StatementContext, table: TableMetadata, statement: ModificationStatement): void {
  if (!table.isCounter) return;
  const { using, pos } = statement;
  if (statement.kind === 'insert' || statement.kind === 'insertJson') {
    throw context.invalid('INSERT statements are not allowed on counter tables, use UPDATE instead', pos);
  }
  if (statement.ifExists || statement.conditions.length > 0) {
    throw context.invalid('Conditional updates are not supported on counter tables', pos);
  }
  if (using.timestamp !== null) {
    throw context.invalid('Cannot provide custom timestamp for counter updates', using.timestamp.pos);
  }
  if (using.ttl !== null) throw context.invalid('Cannot provide custom TTL for counter updates', using.ttl.pos);
}

/** What counters and others may not be together in one batch. Throws InvalidRequestError. Cassandra: BatchStatement#validate. */
export function checkCounterBatch(
  type: BatchStatement['type'],
  statements: readonly ModificationPlan[],
  timestamp: Place | null,
): void {
  const counter = statements.find(({ table }) => table.isCounter);
  const other = statements.find(({ table }) => !table.isCounter);
  if (timestamp !== null && type === 'counter') {
    throw new InvalidRequestError('Cannot provide custom timestamp for counter BATCH', timestamp);
  }
  if (timestamp !== null && counter !== undefined) {
    throw new InvalidRequestError('Cannot provide custom timestamp for a BATCH containing counters', timestamp);
  }
  if (type === 'counter' && other !== undefined) {
    throw new InvalidRequestError('Cannot include non-counter statement in a counter batch', other.parts.where);
  }
  if (counter === undefined) return;
  if (other !== undefined) {
    throw new InvalidRequestError('Counter and non-counter mutations cannot exist in the same batch', other.parts.where);
  }
  if (type === 'logged') {
    throw new InvalidRequestError(
      'Cannot include a counter statement in a logged batch. Use BEGIN COUNTER BATCH',
      counter.parts.where,
    );
  }
}
