import {
  type ColumnMetadata,
  type CqlType,
  type Identifier,
  ListType,
  MapType,
  nativeTypes,
  type Place,
  printTerm,
  type Relation,
  SetType,
  type TableMetadata,
  type Term,
  TupleType,
  UserType,
} from '@cassette/cql';
import { receiver, type StatementContext } from '../statement-context.ts';
import { type BoundTerm, prepareTerm } from '../terms/index.ts';
import { TokenTerm } from './partition-key.ts';
import type { Restriction, SliceEnd, TokenRestriction } from './restriction.ts';
import { asSingle, ListSource, splitTuple, TermSource, TupleMarkerSource, type ValueSource } from './value-source.ts';

/** A relation with its terms planned: of columns, or of the token. Cassandra: Relation#toRestriction. */
export type PreparedRelation =
  | { readonly of: 'columns'; readonly restriction: Restriction }
  | { readonly of: 'token'; readonly restriction: TokenRestriction; readonly isEq: boolean };

const starts: ReadonlySet<string> = new Set(['>', '>=']);

/** Plans one relation of a WHERE. Throws InvalidRequestError that points at it. */
export function prepareRelation(context: StatementContext, table: TableMetadata, relation: Relation): PreparedRelation {
  const where = context.place(relation.pos);
  switch (relation.kind) {
    case 'column':
      return columns(column(context, table, relation));
    case 'in': {
      const target = existingColumn(context, table, relation.column);
      checkOperator(context, target, 'IN', relation.pos);
      const spec = receiver(table, target.name, target.type);
      if (relation.values.kind === 'marker') {
        const list = receiver(table, `in(${target.name})`, new ListType(target.type, true));
        const term = prepareTerm(context, list, relation.values);
        return columns({ kind: 'in', where, columns: [target], multi: false, source: new ListSource([target], term, asSingle) });
      }
      const terms = relation.values.values.map((value) => [prepareTerm(context, spec, value)]);
      const kind = terms.length === 1 ? 'eq' : 'in';
      return columns({ kind, where, columns: [target], multi: false, source: new TermSource([target], terms) });
    }
    case 'columns':
      return columns(multiColumn(context, table, relation));
    case 'columnsIn': {
      const targets = multiColumns(context, table, relation.columns, relation.pos);
      const tuple = new TupleType(targets.map((target) => target.type));
      const name = `in(${targets.map((target) => target.name).join(',')})`;
      let source: ValueSource;
      let count = 2;
      if (relation.values.kind === 'marker') {
        const term = prepareTerm(context, receiver(table, name, new ListType(tuple, true)), relation.values);
        source = new ListSource(targets, term, splitTuple);
      } else {
        count = relation.values.values.length;
        const tuples = relation.values.values;
        const markers = tuples.filter((value) => value.kind === 'marker');
        source =
          markers.length > 0
            ? new TupleMarkerSource(
                targets,
                markers.map((marker) => prepareTerm(context, receiver(table, name, tuple), marker)),
              )
            : new TermSource(
                targets,
                tuples.map((value) => tupleTerms(context, table, targets, value)),
              );
      }
      return columns({ kind: count === 1 ? 'eq' : 'in', where, columns: targets, multi: true, source });
    }
    case 'token':
      return token(context, table, relation);
    case 'element': {
      const target = existingColumn(context, table, relation.column);
      return columns(element(context, table, target, relation));
    }
    case 'notNull':
      existingColumn(context, table, relation.column);
      throw context.invalid(`Unsupported restriction: ${relation.column.name} IS NOT NULL`, relation.pos);
    case 'indexExpression':
      throw context.invalid(
        'Custom index expressions are not supported: there are no custom indexes. Select by the primary key or with ALLOW FILTERING',
        relation.pos,
      );
  }
}

function columns(restriction: Restriction): PreparedRelation {
  return { of: 'columns', restriction };
}

/** The column of that name. Throws InvalidRequestError. */
export function existingColumn(context: StatementContext, table: TableMetadata, name: Identifier): ColumnMetadata {
  const found = table.column(name.name);
  if (found === undefined) throw context.invalid(`Undefined column name ${name.name} in table ${table}`, name.pos);
  return found;
}

function column(context: StatementContext, table: TableMetadata, relation: Relation & { kind: 'column' }): Restriction {
  const target = existingColumn(context, table, relation.column);
  const { operator, pos } = relation;
  const where = context.place(pos);
  const bound = (name: string, type: CqlType) => prepareTerm(context, receiver(table, name, type), relation.value);
  switch (operator) {
    case 'LIKE':
      bound(target.name, target.type);
      throw context.invalid(
        `LIKE restriction is only supported on properly indexed columns. ${target.name} LIKE ${printTerm(relation.value)} is not valid.`,
        pos,
      );
    case '!=':
      throw context.invalid(`Unsupported "!=" relation: ${target.name} != ${printTerm(relation.value)}`, pos);
    case 'CONTAINS':
    case 'CONTAINS KEY': {
      const type = containedType(context, target, operator, pos);
      const name = `${operator === 'CONTAINS' ? 'value' : 'key'}(${target.name})`;
      const term = bound(name, type);
      const isKey = operator === 'CONTAINS KEY';
      return {
        kind: 'contains',
        where,
        columns: [target],
        multi: false,
        values: isKey ? [] : [term],
        keys: isKey ? [term] : [],
        entries: [],
      };
    }
    default: {
      checkOperator(context, target, operator, pos);
      if (operator !== '=') checkSliceable(context, target.type, pos);
      const source = new TermSource([target], [[bound(target.name, target.type)]]);
      return compared(where, [target], source, 1, operator, false);
    }
  }
}

function compared(
  where: Place,
  targets: readonly ColumnMetadata[],
  source: ValueSource,
  size: number,
  operator: string,
  multi: boolean,
): Restriction {
  if (operator === '=') return { kind: 'eq', where, columns: targets, source, multi };
  const end: SliceEnd = { source, size, inclusive: operator.endsWith('=') };
  const isStart = starts.has(operator);
  return { kind: 'slice', where, columns: targets, multi, start: isStart ? end : null, end: isStart ? null : end };
}

function containedType(context: StatementContext, target: ColumnMetadata, operator: string, pos: number): CqlType {
  const { type } = target;
  if (operator === 'CONTAINS KEY') {
    if (!(type instanceof MapType)) throw context.invalid(`Cannot use CONTAINS KEY on non-map column ${target.name}`, pos);
    return type.key;
  }
  if (type instanceof MapType) return type.value;
  if (type instanceof ListType || type instanceof SetType) return type.element;
  throw context.invalid(`Cannot use CONTAINS on non-collection column ${target.name}`, pos);
}

function checkOperator(context: StatementContext, target: ColumnMetadata, operator: string, pos: number): void {
  if (!target.type.isMultiCell) return;
  const name = `'${target.name}' (${target.type.cqlName()})`;
  throw context.invalid(
    target.type instanceof UserType
      ? `Non-frozen UDT column ${name} cannot be restricted by any relation`
      : `Collection column ${name} cannot be restricted by a '${operator}' relation`,
    pos,
  );
}

/** Whether the type is or holds a duration, which has no order. */
export function referencesDuration(type: CqlType): boolean {
  if (type.cqlName() === 'duration') return true;
  if (type instanceof ListType || type instanceof SetType) return referencesDuration(type.element);
  if (type instanceof MapType) return referencesDuration(type.key) || referencesDuration(type.value);
  if (type instanceof UserType) return type.fields.some((field) => referencesDuration(field.type));
  return type instanceof TupleType && type.types.some(referencesDuration);
}

function checkSliceable(context: StatementContext, type: CqlType, pos: number): void {
  if (!referencesDuration(type)) return;
  const what =
    type instanceof UserType
      ? 'UDTs containing durations'
      : type instanceof TupleType
        ? 'tuples containing durations'
        : type.cqlName() === 'duration'
          ? 'duration columns'
          : 'collections containing durations';
  throw context.invalid(`Slice restrictions are not supported on ${what}`, pos);
}

function multiColumns(
  context: StatementContext,
  table: TableMetadata,
  names: readonly Identifier[],
  pos: number,
): readonly ColumnMetadata[] {
  let previous = -1;
  return names.map((name, i) => {
    const target = existingColumn(context, table, name);
    if (target.kind !== 'clustering') {
      throw context.invalid(
        `Multi-column relations can only be applied to clustering columns but was applied to: ${target.name}`,
        name.pos,
      );
    }
    if (names.slice(0, i).some((other) => other.name === name.name)) {
      throw context.invalid(`Column "${target.name}" appeared twice in a relation`, name.pos);
    }
    if (previous !== -1 && target.position !== previous + 1) {
      throw context.invalid('Clustering columns must appear in the PRIMARY KEY order in multi-column relations', pos);
    }
    previous = target.position;
    return target;
  });
}

function tupleTerms(
  context: StatementContext,
  table: TableMetadata,
  targets: readonly ColumnMetadata[],
  tuple: Term,
): readonly BoundTerm[] {
  const elements = tuple.kind === 'tuple' ? tuple.elements : [tuple];
  if (elements.length !== targets.length) {
    throw context.invalid(
      `Expected ${targets.length} elements in value tuple, but got ${elements.length}: ${printTerm(tuple)}`,
      tuple.pos,
    );
  }
  return elements.map((value, i) => prepareTerm(context, receiver(table, targets[i].name, targets[i].type), value));
}

function multiColumn(context: StatementContext, table: TableMetadata, relation: Relation & { kind: 'columns' }): Restriction {
  const targets = multiColumns(context, table, relation.columns, relation.pos);
  if (relation.operator === '!=') throw context.invalid('Unsupported "!=" relation on several columns', relation.pos);
  if (relation.operator !== '=') for (const target of targets) checkSliceable(context, target.type, relation.pos);
  const { value } = relation;
  const name = `(${targets.map((target) => target.name).join(',')})`;
  const source =
    value.kind === 'marker'
      ? new TupleMarkerSource(targets, [
          prepareTerm(context, receiver(table, name, new TupleType(targets.map((target) => target.type))), value),
        ])
      : new TermSource(targets, [tupleTerms(context, table, targets, value)]);
  return compared(context.place(relation.pos), targets, source, targets.length, relation.operator, true);
}

function token(context: StatementContext, table: TableMetadata, relation: Relation & { kind: 'token' }): PreparedRelation {
  const given = relation.columns.map((name) => existingColumn(context, table, name));
  const key = table.partitionKey;
  if (!key.every((part) => given.includes(part))) {
    throw context.invalid('The token() function must be applied to all partition key components or none of them', relation.pos);
  }
  if (given.length !== key.length || !given.every((part, i) => part === key[i])) {
    const names = key.map((part) => part.name).join(', ');
    throw context.invalid(`The token function arguments must be in the partition key order: ${names}`, relation.pos);
  }
  if (relation.operator === '!=') throw context.invalid('Unsupported "!=" relation on the token', relation.pos);
  const spec = receiver(table, 'partition key token', nativeTypes.bigint);
  const term = tokenTerm(context, table, spec.type, relation.value);
  const end = { term, inclusive: relation.operator.endsWith('=') };
  const isEq = relation.operator === '=';
  const isStart = starts.has(relation.operator);
  return { of: 'token', isEq, restriction: { start: isEq || isStart ? end : null, end: isEq || !isStart ? end : null } };
}

function tokenTerm(context: StatementContext, table: TableMetadata, type: CqlType, value: Term): BoundTerm {
  if (value.kind === 'function' && value.name.name.toLowerCase() === 'token') {
    if (value.args.length !== table.partitionKey.length) {
      throw context.invalid(
        `Invalid number of arguments in call to function token: ${table.partitionKey.length} required but ${value.args.length} provided`,
        value.pos,
      );
    }
    const parts = value.args.map((arg, i) => {
      const part = table.partitionKey[i];
      return prepareTerm(context, receiver(table, part.name, part.type), arg);
    });
    return new TokenTerm(type, context.place(value.pos), table.partitionKey, parts);
  }
  return prepareTerm(context, receiver(table, 'partition key token', type), value);
}

function element(
  context: StatementContext,
  table: TableMetadata,
  target: ColumnMetadata,
  relation: Relation & { kind: 'element' },
): Restriction {
  const { type } = target;
  if (type instanceof ListType) {
    throw context.invalid(`Indexes on list entries (${target.name}[index] = value) are not currently supported.`, relation.pos);
  }
  if (!(type instanceof MapType)) throw context.invalid(`Column ${target.name} cannot be used as a map`, relation.pos);
  if (!type.isMultiCell) {
    throw context.invalid(`Map-entry equality predicates on frozen map column ${target.name} are not supported`, relation.pos);
  }
  if (relation.operator !== '=') throw context.invalid('Only EQ relations are supported on map entries', relation.pos);
  const key = prepareTerm(context, receiver(table, `key(${target.name})`, type.key), relation.key);
  const value = prepareTerm(context, receiver(table, `value(${target.name})`, type.value), relation.value);
  return {
    kind: 'contains',
    where: context.place(relation.pos),
    columns: [target],
    multi: false,
    values: [],
    keys: [],
    entries: [[key, value]],
  };
}
