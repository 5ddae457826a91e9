import {
  type ColumnMetadata,
  type ColumnTarget,
  type CqlType,
  InvalidRequestError,
  ListType,
  MapType,
  nativeTypes,
  printTerm,
  SetType,
  type TableMetadata,
  type Term,
  TupleType,
  type UpdateOperation,
  UserType,
  VectorType,
} from '@cassette/cql';
import { receiver, type StatementContext } from '../prepared/statement-context.ts';
import { type BoundTerm, prepareTerm } from '../prepared/terms/index.ts';
import { AddValue, isAddable } from './add-value.ts';
import { AddCells, DeleteEntry, DeleteField, RemoveCells, SetEntry, SetField } from './cell-operations.ts';
import { DeleteElement, PrependCells, RemoveElements, SetElement } from './list-operations.ts';
import type { Operation } from './operation.ts';

/** As prepareUpdate, of what is more than `column = value`. */
export function preparePartUpdate(
  context: StatementContext,
  table: TableMetadata,
  column: ColumnMetadata,
  update: Exclude<UpdateOperation, { kind: 'set' }>,
  conditional: boolean,
): Operation {
  const { type, name } = column;
  const fail = (text: string, what: string) =>
    context.invalid(`Invalid operation (${text}) for ${what} column ${name}`, update.pos);
  const term = (value: Term, as: CqlType = type, called = name): BoundTerm =>
    prepareTerm(context, receiver(table, called, as), value);
  switch (update.kind) {
    case 'setElement': {
      const text = `${name}[${printTerm(update.key)}] = ${printTerm(update.value)}`;
      if (!isCollection(type)) throw fail(text, 'non collection');
      if (!type.isMultiCell) throw fail(text, 'frozen collection');
      if (type instanceof SetType) throw fail(text, 'set');
      if (type instanceof ListType) {
        return new SetElement(
          column,
          term(update.key, nativeTypes.int, `idx(${name})`),
          term(update.value, type.element, `value(${name})`),
        );
      }
      return new SetEntry(column, term(update.key, type.key, `key(${name})`), term(update.value, type.value, `value(${name})`));
    }
    case 'setField': {
      const text = `${name}.${update.field.name} = ${printTerm(update.value)}`;
      if (!(type instanceof UserType)) throw fail(text, 'non-UDT');
      if (!type.isMultiCell) throw fail(text, 'frozen UDT');
      const index = type.fieldPosition(update.field.name);
      if (index < 0)
        throw context.invalid(`UDT column ${name} does not have a field named ${update.field.name}`, update.field.pos);
      return new SetField(column, index, term(update.value, type.fields[index].type, `${name}.${update.field.name}`));
    }
    case 'prepend': {
      const text = `${name} = ${printTerm(update.value)} + ${name}`;
      if (!(type instanceof ListType)) throw fail(text, 'non list');
      if (!type.isMultiCell) throw fail(text, 'frozen list');
      return new PrependCells(column, term(update.value));
    }
    default:
      if (update.kind === 'add' && conditional && isAddable(type)) return new AddValue(column, term(update.value));
      return prepareAddition(context, column, update, term, fail);
  }
}

function isCollection(type: CqlType): type is ListType | SetType | MapType {
  return type instanceof ListType || type instanceof SetType || type instanceof MapType;
}

function prepareAddition(
  context: StatementContext,
  column: ColumnMetadata,
  update: UpdateOperation & { kind: 'add' | 'subtract' },
  term: (value: Term, as?: CqlType, called?: string) => BoundTerm,
  fail: (text: string, what: string) => InvalidRequestError,
): Operation {
  const { type, name } = column;
  const isAddition = update.kind === 'add';
  const text = `${name} = ${name} ${isAddition ? '+' : '-'} ${printTerm(update.value)}`;
  if (!isCollection(type)) {
    throw fail(
      text,
      type instanceof VectorType ? 'vector' : type instanceof TupleType || type instanceof UserType ? 'tuple' : 'non counter',
    );
  }
  if (!type.isMultiCell) throw fail(text, 'frozen collection');
  if (!(type instanceof MapType)) {
    const value = term(update.value);
    if (isAddition) return new AddCells(column, value);
    return type instanceof ListType ? new RemoveElements(column, value) : new RemoveCells(column, value);
  }
  try {
    return isAddition
      ? new AddCells(column, term(update.value))
      : new RemoveCells(column, term(update.value, new SetType(type.key, true)));
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    throw context.invalid(
      `Value for a map ${isAddition ? 'addition has to be a map' : 'substraction has to be a set'}, but was: '${printTerm(update.value)}'`,
      update.value.pos,
    );
  }
}

/** As prepareDeletion, of a part of a column. */
export function preparePartDeletion(
  context: StatementContext,
  table: TableMetadata,
  column: ColumnMetadata,
  target: Exclude<ColumnTarget, { kind: 'column' }>,
): Operation {
  const { type, name } = column;
  if (target.kind === 'field') {
    if (!(type instanceof UserType))
      throw context.invalid(`Invalid field deletion operation for non-UDT column ${name}`, target.pos);
    if (!type.isMultiCell) throw context.invalid(`Frozen UDT column ${name} does not support field deletions`, target.pos);
    const index = type.fieldPosition(target.field.name);
    if (index < 0) throw context.invalid(`UDT column ${name} does not have a field named ${target.field.name}`, target.field.pos);
    return new DeleteField(column, index);
  }
  if (!isCollection(type)) throw context.invalid(`Invalid deletion operation for non collection column ${name}`, target.pos);
  if (!type.isMultiCell) throw context.invalid(`Invalid deletion operation for frozen collection column ${name}`, target.pos);
  const key = (as: CqlType, called: string) => prepareTerm(context, receiver(table, called, as), target.key);
  if (type instanceof ListType) return new DeleteElement(column, key(nativeTypes.int, `idx(${name})`));
  return new DeleteEntry(column, type instanceof MapType ? key(type.key, `key(${name})`) : key(type.element, `value(${name})`));
}
