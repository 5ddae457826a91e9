import { assertNever } from '@cassette/bytes';
import type { ColumnCondition, ColumnTarget, Identifier, InValues, Relation, Term } from '../ast/index.ts';
import { printName } from './names.ts';
import { printConstant, printTerm, printTerms } from './terms.ts';

/** `WHERE a AND b` */
export function printWhere(relations: readonly Relation[]): string {
  return `WHERE ${relations.map(printRelation).join(' AND ')}`;
}

/** One relation. */
export function printRelation(relation: Relation): string {
  switch (relation.kind) {
    case 'column':
      return `${printName(relation.column)} ${relation.operator} ${printTerm(relation.value)}`;
    case 'in':
      return `${printName(relation.column)} IN ${printInValues(relation.values)}`;
    case 'notNull':
      return `${printName(relation.column)} IS NOT NULL`;
    case 'element':
      return `${printName(relation.column)}[${printTerm(relation.key)}] ${relation.operator} ${printTerm(relation.value)}`;
    case 'columns':
      return `${printNames(relation.columns)} ${relation.operator} ${printTerm(relation.value)}`;
    case 'columnsIn':
      return `${printNames(relation.columns)} IN ${printInValues(relation.values)}`;
    case 'token':
      return `token${printNames(relation.columns)} ${relation.operator} ${printTerm(relation.value)}`;
    case 'indexExpression':
      return `expr(${printName(relation.index)}, ${printTerm(relation.value)})`;
    default:
      return assertNever(relation, 'relation');
  }
}

/** `IF EXISTS`, `IF a AND b`, or nothing. */
export function printIf(ifExists: boolean, conditions: readonly ColumnCondition[]): string | undefined {
  if (ifExists) return 'IF EXISTS';
  return conditions.length === 0 ? undefined : `IF ${conditions.map(printCondition).join(' AND ')}`;
}

/** A column, element or field. */
export function printTarget(target: ColumnTarget): string {
  if (target.kind === 'element') return `${printName(target.column)}[${printTerm(target.key)}]`;
  if (target.kind === 'field') return `${printName(target.column)}.${printName(target.field)}`;
  return printName(target.column);
}

/** `(a, b)` of names. */
export function printNames(names: readonly Identifier[]): string {
  return `(${names.map(printName).join(', ')})`;
}

function printCondition(condition: ColumnCondition): string {
  const target = printTarget(condition.target);
  if (condition.kind === 'in') return `${target} IN ${printInValues(condition.values)}`;
  return `${target} ${condition.operator} ${printTerm(condition.value)}`;
}

function printInValues(values: InValues<Term>): string {
  return values.kind === 'values' ? `(${printTerms(values.values)})` : printConstant(values);
}
