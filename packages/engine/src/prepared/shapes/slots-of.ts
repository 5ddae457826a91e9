import type { IntegerTerm, Relation, Statement, Term, UpdateOperation, Using } from '@cassette/cql';

/** A constant of a statement in whose place a bind marker may stand. */
export interface LiteralPlace {
  /** Where it begins. */
  readonly pos: number;
  /** Whether only a whole number can stand there. */
  readonly isInteger: boolean;
  /** Whether `null` can. */
  readonly mayBeNull: boolean;
}

/**
 * The constants of a statement that a plan can have as parameters, in the order of the text: whole values of INSERT and SET, of `=` and of
 * bounds in WHERE, and of USING. Null for statements that have bind markers, conditions, or none of these.
 */
export function literalPlaces(statement: Statement): readonly LiteralPlace[] | null {
  if (statement.bindMarkers.length > 0) return null;
  const places: LiteralPlace[] = [];
  switch (statement.kind) {
    case 'insert':
      if (statement.ifNotExists) return null;
      for (const value of statement.values) addValue(places, value, true);
      addUsing(places, statement.using);
      break;
    case 'update':
    case 'delete':
      if (statement.ifExists || statement.conditions.length > 0) return null;
      addUsing(places, statement.using);
      if (statement.kind === 'update') for (const operation of statement.operations) addOperation(places, operation);
      for (const relation of statement.where) addRelation(places, relation);
      break;
    case 'select':
      for (const relation of statement.where) addRelation(places, relation);
      break;
    default:
      return null;
  }
  if (places.length === 0) return null;
  return places.sort((a, b) => a.pos - b.pos);
}

const kinds: ReadonlySet<Term['kind']> = new Set(['string', 'integer', 'float', 'boolean', 'uuid', 'blob']);

function addValue(places: LiteralPlace[], { kind, pos }: Term, mayBeNull: boolean): void {
  if (kinds.has(kind) || (mayBeNull && kind === 'null')) places.push({ pos, isInteger: false, mayBeNull });
}

/** Of two timestamps the last one counts: where the first stands nobody knows any more, so it stays in the text. */
function addUsing(places: LiteralPlace[], { timestamp, ttl }: Using): void {
  for (const term of [timestamp, ttl]) if (term !== null) addInteger(places, term);
}

function addInteger(places: LiteralPlace[], { kind, pos }: IntegerTerm): void {
  if (kind === 'integer') places.push({ pos, isInteger: true, mayBeNull: false });
}

function addOperation(places: LiteralPlace[], operation: UpdateOperation): void {
  if (operation.kind === 'set') addValue(places, operation.value, true);
}

const comparisons: ReadonlySet<string> = new Set(['=', '<', '<=', '>', '>=']);

function addRelation(places: LiteralPlace[], relation: Relation): void {
  if (relation.kind === 'column' && comparisons.has(relation.operator)) addValue(places, relation.value, false);
}
