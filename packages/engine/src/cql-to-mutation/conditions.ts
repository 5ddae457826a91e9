import { ByteReader, ByteWriter } from '@cassette/bytes';
import {
  type ColumnCondition,
  type ColumnMetadata,
  type ColumnTarget,
  type CqlType,
  InvalidRequestError,
  ListType,
  MapType,
  nativeTypes,
  type Place,
  SetType,
  type TableMetadata,
  UserType,
} from '@cassette/cql';
import { type Binding, TermState } from '../prepared/binding.ts';
import { existingColumn } from '../prepared/restrictions/index.ts';
import { referencesDuration } from '../prepared/restrictions/prepare-relation.ts';
import { receiver, type StatementContext } from '../prepared/statement-context.ts';
import { type BoundTerm, prepareTerm, readCount, readElement } from '../prepared/terms/index.ts';

/** Gives the value of a column of the row as it is, or null. */
export type CurrentValue = (column: ColumnMetadata) => Uint8Array | null;

/** One test of a column, or of a part of it. Cassandra: conditions.ColumnCondition. */
interface Test {
  readonly column: ColumnMetadata;
  readonly type: CqlType;
  readonly part:
    | { readonly kind: 'element'; readonly key: BoundTerm }
    | { readonly kind: 'field'; readonly index: number }
    | null;
  readonly operator: string;
  readonly values: readonly BoundTerm[] | { readonly list: BoundTerm };
}

/** The IF of a statement. As the engine is the only writer, a read just before the write decides. */
export class Conditions {
  readonly kind: 'notExists' | 'exists' | 'columns';
  private readonly tests: readonly Test[];

  constructor(kind: 'notExists' | 'exists' | 'columns', tests: readonly Test[] = []) {
    this.kind = kind;
    this.tests = tests;
  }

  /** Columns that are looked at, each once: those of rows, then static ones, as Cassandra answers them. */
  get columns(): readonly ColumnMetadata[] {
    const all = [...new Set(this.tests.map((test) => test.column))];
    return [...all.filter((column) => column.kind !== 'static'), ...all.filter((column) => column.kind === 'static')];
  }

  /** Whether static columns alone are looked at. */
  get onlyStatic(): boolean {
    return this.tests.length > 0 && this.tests.every((test) => test.column.kind === 'static');
  }

  /** Throws InvalidRequestError where a value is none of its type; also of tests that come after one that does not hold. */
  check(binding: Binding): void {
    for (const { values, operator, column } of this.tests) {
      for (const term of 'list' in values ? [values.list] : values) {
        if (operator === 'IN') term.write(binding, new ByteWriter(32));
        else termValue(term, binding, column);
      }
    }
  }

  /** Whether the write goes ahead. */
  applies(exists: boolean, current: CurrentValue, binding: Binding): boolean {
    if (this.kind === 'notExists') return !exists;
    if (this.kind === 'exists') return exists;
    return this.tests.every((test) => holds(test, current(test.column), binding));
  }
}

/** Plans the IF of UPDATE and DELETE. */
export function prepareConditions(
  context: StatementContext,
  table: TableMetadata,
  conditions: readonly ColumnCondition[],
): readonly Test[] {
  return conditions.map((condition) => {
    const { target } = condition;
    const column = existingColumn(context, table, target.column);
    if (column.kind === 'partition_key' || column.kind === 'clustering') {
      throw context.invalid(`PRIMARY KEY column '${column.name}' cannot have IF conditions`, target.pos);
    }
    const { type, part } = partOf(context, table, column, target);
    checkDurations(context, type, condition);
    const spec = receiver(table, column.name, type);
    if (condition.kind === 'in') {
      const values =
        condition.values.kind === 'marker'
          ? {
              list: prepareTerm(
                context,
                receiver(table, `in(${column.name})`, new ListType(type.freeze(), true)),
                condition.values,
              ),
            }
          : condition.values.values.map((value) => prepareTerm(context, spec, value));
      return { column, type, part, operator: 'IN', values };
    }
    const { operator } = condition;
    const contained = operator.startsWith('CONTAINS') ? containedType(context, column, operator, condition.pos) : type;
    const values = [prepareTerm(context, receiver(table, column.name, contained), condition.value)];
    return { column, type, part, operator, values };
  });
}

/** Durations have no order. */
function checkDurations(context: StatementContext, type: CqlType, condition: ColumnCondition): void {
  if (condition.kind === 'in' || !/^[<>]/.test(condition.operator) || !referencesDuration(type)) return;
  const what = type === nativeTypes.duration ? 'durations' : `${type.cqlName()}, which contains durations`;
  throw context.invalid(`Slice conditions ( ${condition.operator} ) are not supported on ${what}`, condition.pos);
}

function containedType(context: StatementContext, column: ColumnMetadata, operator: string, pos: number): CqlType {
  const { type } = column;
  if (type instanceof MapType) return operator === 'CONTAINS' ? type.value : type.key;
  if (operator === 'CONTAINS' && (type instanceof ListType || type instanceof SetType)) return type.element;
  throw context.invalid(`Cannot use ${operator} on column ${column.name}`, pos);
}

function partOf(
  context: StatementContext,
  table: TableMetadata,
  column: ColumnMetadata,
  target: ColumnTarget,
): { type: CqlType; part: Test['part'] } {
  const { type, name } = column;
  if (target.kind === 'column') return { type, part: null };
  if (target.kind === 'field') {
    const index = type instanceof UserType ? type.fieldPosition(target.field.name) : -1;
    if (!(type instanceof UserType) || index < 0) {
      throw context.invalid(`Column ${name} does not have a field named ${target.field.name}`, target.pos);
    }
    return { type: type.fields[index].type, part: { kind: 'field', index } };
  }
  if (type instanceof ListType) {
    const key = prepareTerm(context, receiver(table, `idx(${name})`, nativeTypes.int), target.key);
    return { type: type.element, part: { kind: 'element', key } };
  }
  if (type instanceof MapType) {
    const key = prepareTerm(context, receiver(table, `key(${name})`, type.key), target.key);
    return { type: type.value, part: { kind: 'element', key } };
  }
  throw context.invalid(`Invalid element access syntax for column ${name} of type ${type.cqlName()}`, target.pos);
}

function termValue(term: BoundTerm, binding: Binding, column: ColumnMetadata): Uint8Array | null {
  const out = new ByteWriter(32);
  const state = term.write(binding, out);
  if (state === TermState.UNSET)
    throw new InvalidRequestError(`Invalid 'unset' value in condition for column ${column.name}`, term.where);
  return state === TermState.NULL ? null : out.toBytes();
}

function holds(test: Test, whole: Uint8Array | null, binding: Binding): boolean {
  const { operator, column, type } = test;
  const current = partValue(test, whole, binding);
  if (operator === 'IN') return wantedValues(test, binding).some((wanted) => equal(type, current, wanted));
  const [term] = test.values as readonly BoundTerm[];
  const wanted = termValue(term, binding, column);
  if (operator.startsWith('CONTAINS')) return contains(column.type, operator, current, wanted, term.where);
  if (operator === '=') return equal(type, current, wanted);
  if (operator === '!=') return !equal(type, current, wanted);
  if (wanted === null) throw new InvalidRequestError(`Invalid comparison with null for operator "${operator}"`, term.where);
  if (test.part === null && isWithoutCells(type, wanted)) {
    throw new InvalidRequestError(`Invalid comparison with an empty collection for operator "${operator}"`, term.where);
  }
  if (current === null) return false;
  const order = type.compare(current, 0, current.length, wanted, 0, wanted.length);
  if (order === 0) return operator.endsWith('=');
  return operator.startsWith('<') ? order < 0 : order > 0;
}

/** A multi-cell collection without elements is null, as Cassandra has it. */
function equal(type: CqlType, current: Uint8Array | null, wanted: Uint8Array | null): boolean {
  const value = wanted !== null && isWithoutCells(type, wanted) ? null : wanted;
  if (current === null || value === null) return current === value;
  return type.compare(current, 0, current.length, value, 0, value.length) === 0;
}

function isWithoutCells(type: CqlType, bytes: Uint8Array): boolean {
  return type.isMultiCell && !(type instanceof UserType) && bytes.length === 4 && bytes.every((byte) => byte === 0);
}

function wantedValues(test: Test, binding: Binding): readonly (Uint8Array | null)[] {
  const { values, column } = test;
  if (!('list' in values)) {
    // Unset ones are as if they were not there.
    const isSet = (term: BoundTerm): boolean => term.write(binding, new ByteWriter(32)) !== TermState.UNSET;
    return values.filter(isSet).map((term) => termValue(term, binding, column));
  }
  const bytes = termValue(values.list, binding, column);
  if (bytes === null) {
    throw new InvalidRequestError(`Invalid null list in IN condition for column ${column.name}`, values.list.where);
  }
  const input = new ByteReader(bytes, 'IN');
  return Array.from({ length: readCount(input) }, () => {
    const range = readElement(input);
    return range === null ? null : bytes.subarray(range.from, range.to);
  });
}

function partValue(test: Test, whole: Uint8Array | null, binding: Binding): Uint8Array | null {
  const { part, column } = test;
  if (part === null) return whole;
  const key = part.kind === 'element' ? termValue(part.key, binding, column) : null;
  if (part.kind === 'element' && key === null) {
    throw new InvalidRequestError(
      `Invalid null value for ${column.type instanceof ListType ? 'list index' : 'map key'} of ${column.name}`,
      part.key.where,
    );
  }
  if (whole === null) return null;
  const input = new ByteReader(whole, column.name);
  const next = () => {
    const range = readElement(input);
    return range === null ? null : whole.subarray(range.from, range.to);
  };
  if (part.kind === 'field') {
    for (let i = 0; i < part.index && input.remaining > 0; i++) next();
    return input.remaining > 0 ? next() : null;
  }
  const count = readCount(input);
  if (column.type instanceof MapType) {
    for (let n = count; n > 0; n--) {
      const entry = next();
      const value = next();
      if (equal(column.type.key, entry, key)) return value;
    }
    return null;
  }
  const index = new ByteReader(key as Uint8Array, 'list index').i32('list index');
  if (index < 0) throw new InvalidRequestError(`Invalid negative list index ${index}`, part.key.where);
  if (index >= count) return null;
  for (let n = 0; n < index; n++) next();
  return next();
}

function contains(type: CqlType, operator: string, current: Uint8Array | null, wanted: Uint8Array | null, where: Place): boolean {
  if (wanted === null) throw new InvalidRequestError(`Invalid comparison with null for operator "${operator}"`, where);
  if (current === null) return false;
  const input = new ByteReader(current, 'collection');
  for (let n = readCount(input); n > 0; n--) {
    const key = readElement(input);
    const value = type instanceof MapType ? readElement(input) : key;
    const range = operator === 'CONTAINS' ? value : key;
    const elementType = type instanceof MapType ? (operator === 'CONTAINS' ? type.value : type.key) : (type as ListType).element;
    if (range !== null && elementType.compare(current, range.from, range.to, wanted, 0, wanted.length) === 0) return true;
  }
  return false;
}
