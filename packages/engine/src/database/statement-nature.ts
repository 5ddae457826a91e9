import { ListType } from '@cassette/cql';
import type { ModificationPlan } from '../cql-to-mutation/index.ts';
import type { PreparedStatement } from '../prepared/index.ts';
import { asksForNothing } from './unsupported.ts';

/**
 * What it means to execute a statement a second time because nobody knows whether the first time counted:
 * `read`: nothing; `use`: it is a USE; `repeatable`: nothing either, if both times write with one timestamp; `once`: it may
 * count twice, or answer for the first time, or undo what others did in between.
 */
export type StatementNature = 'read' | 'use' | 'repeatable' | 'once';

/** Functions of the moment and of chance: `now()`, `uuid()`, `current_timestamp()`, also in the older spelling. */
const ofTheMoment = /^(now|uuid|current_?(timestamp|date|time|timeuuid))$/i;

/** The nature of a statement. */
export function natureOf({ statement, plan }: PreparedStatement): StatementNature {
  switch (statement.kind) {
    case 'select':
    case 'describe':
      return 'read';
    case 'use':
      return 'use';
    case 'createKeyspace':
    case 'createTable':
    case 'createType':
      return statement.ifNotExists ? 'repeatable' : 'once';
    default:
      if (plan === null) return asksForNothing(statement) ? 'read' : 'once';
  }
  if ('kind' in plan) {
    if (plan.kind === 'select') return 'read';
    return plan.statements.every(isRepeatable) && !callsMoment(statement) ? 'repeatable' : 'once';
  }
  return isRepeatable(plan) && !callsMoment(statement) ? 'repeatable' : 'once';
}

function isRepeatable({ table, requiresRead, parts }: ModificationPlan): boolean {
  if (table.isCounter || requiresRead || parts.conditions !== null) return false;
  // Elements of a list get ids of their own each time they are written.
  return ![...parts.regular, ...parts.statics].some(
    ({ column: { type } }) => parts.kind !== 'delete' && type instanceof ListType && type.isMultiCell,
  );
}

/** Whether a part of a statement, however deep, calls a function of the moment. */
function callsMoment(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return false;
  if (Array.isArray(node)) return node.some(callsMoment);
  const { kind, name } = node as { kind?: unknown; name?: { name?: unknown } };
  if (kind === 'function' && ofTheMoment.test(String(name?.name))) return true;
  return Object.values(node).some(callsMoment);
}
