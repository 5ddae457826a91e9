import type { ColumnMetadata, ColumnTarget, TableMetadata, Term, UpdateOperation } from '@cassette/cql';
import { rareForms } from '../prepared/rare-forms-part.ts';
import { receiver, type StatementContext } from '../prepared/statement-context.ts';
import { type BoundTerm, prepareTerm } from '../prepared/terms/index.ts';
import { prepareToCounter } from './add-to-counter.ts';
import { DeleteColumn, type Operation, SetValue } from './operation.ts';

/** `column = value`, as INSERT and UPDATE have it. */
export function prepareSet(context: StatementContext, table: TableMetadata, column: ColumnMetadata, value: Term): Operation {
  return setOperation(column, prepareTerm(context, receiver(table, column.name, column.type), value));
}

/** The column becomes what the term says. */
export function setOperation(column: ColumnMetadata, term: BoundTerm): Operation {
  return column.type.isMultiCell ? new rareForms.module.SetCells(column, term) : new SetValue(column, term);
}

/**
 * Plans one part of a SET. `conditional`: the statement has an IF, and so may look at what is there. Throws InvalidRequestError that
 * points at it. Cassandra: Operation.RawUpdate#prepare.
 */
export function prepareUpdate(
  context: StatementContext,
  table: TableMetadata,
  column: ColumnMetadata,
  update: UpdateOperation,
  conditional: boolean,
): Operation {
  const counted = prepareToCounter(context, table, column, update);
  if (counted !== null) return counted;
  if (update.kind === 'set') return prepareSet(context, table, column, update.value);
  return rareForms.module.preparePartUpdate(context, table, column, update, conditional);
}

/** Plans one target of a DELETE. Cassandra: Operation.RawDeletion#prepare. */
export function prepareDeletion(
  context: StatementContext,
  table: TableMetadata,
  column: ColumnMetadata,
  target: ColumnTarget,
): Operation {
  if (target.kind === 'column') return new DeleteColumn(column);
  return rareForms.module.preparePartDeletion(context, table, column, target);
}
