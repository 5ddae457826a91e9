import { ByteReader, ByteWriter } from '@cassette/bytes';
import { type ColumnMetadata, type CqlType, InvalidRequestError, type ListType, MapType, type SetType } from '@cassette/cql';
import { type Binding, TermState } from '../binding.ts';
import { type BoundTerm, readCount, readElement } from '../terms/index.ts';
import { areEqual } from './equal-values.ts';
import type { Restriction, SliceEnd } from './restriction.ts';

/** Gives the value of a column of the row that is looked at: bytes as a whole value (collections serialized), or null. */
export type ColumnValue = (column: ColumnMetadata) => Uint8Array | null;

/** Decides whether a row is wanted. */
export type RowPredicate = (columnValue: ColumnValue) => boolean;

/** Binds what must be tested row by row. Throws InvalidRequestError for null and unset values. Cassandra: filter.RowFilter. */
export function bindFilter(restrictions: readonly Restriction[], binding: Binding): RowPredicate {
  const tests = restrictions.flatMap((restriction) => bindRestriction(restriction, binding));
  return (columnValue) => tests.every((test) => test(columnValue));
}

function bindRestriction(restriction: Restriction, binding: Binding): RowPredicate[] {
  switch (restriction.kind) {
    case 'eq':
    case 'in': {
      const tuples = filterValues(restriction.columns, () => restriction.source.tuples(binding));
      return [
        (columnValue) =>
          tuples.some((tuple) => tuple.every((value, i) => compareTo(restriction.columns[i], columnValue, value) === 0)),
      ];
    }
    case 'slice':
      return [
        ...sliceTest(restriction, restriction.start, binding, true),
        ...sliceTest(restriction, restriction.end, binding, false),
      ];
    case 'contains':
      return containsTests(restriction, binding);
  }
}

/** In filters Cassandra has other words for a value that is missing. */
function filterValues<T>(columns: readonly ColumnMetadata[], values: () => T): T {
  try {
    return values();
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    const what = /^Invalid (null|unset) value/.exec(error.reason);
    if (what === null) throw error;
    throw error.with(`Unsupported ${what[1]} value for column ${columns[0].name} of type ${columns[0].type}`, error.place);
  }
}

/** Order of the row's value and another: NaN where the row has none. */
function compareTo(column: ColumnMetadata, columnValue: ColumnValue, value: Uint8Array): number {
  const own = columnValue(column);
  if (own === null) return Number.NaN;
  return column.type.compare(own, 0, own.length, value, 0, value.length);
}

function sliceTest({ columns, where }: Restriction, end: SliceEnd | null, binding: Binding, isStart: boolean): RowPredicate[] {
  if (end === null) return [];
  if (end.size > 1) throw new InvalidRequestError('Multi-column slice restrictions cannot be used for filtering.', where);
  const column = columns[0];
  const [[value]] = filterValues(columns, () => end.source.tuples(binding));
  return [
    (columnValue) => {
      const order = compareTo(column, columnValue, value);
      if (order === 0) return end.inclusive;
      return isStart ? order > 0 : order < 0;
    },
  ];
}

function containsTests(restriction: Restriction & { kind: 'contains' }, binding: Binding): RowPredicate[] {
  const [column] = restriction.columns;
  const { type } = column;
  const required = (term: BoundTerm, what: string) => {
    const out = new ByteWriter(16);
    const state = term.write(binding, out);
    if (state === TermState.VALUE) return out.toBytes();
    throw new InvalidRequestError(
      `Unsupported ${state === TermState.NULL ? 'null' : 'unset'} ${what} for column ${column.name} of type ${type}`,
      term.where,
    );
  };
  const keyType = type instanceof MapType ? type.key : (type as ListType | SetType).element;
  const valueType = type instanceof MapType ? type.value : keyType;
  const tests: RowPredicate[] = [];
  const some = (test: (key: Uint8Array, value: Uint8Array) => boolean) => {
    tests.push((columnValue) => {
      const bytes = columnValue(column);
      return bytes !== null && anyEntry(type, bytes, test);
    });
  };
  for (const term of restriction.values) {
    const wanted = required(term, 'value');
    const equal = type.isMultiCell ? same : areEqual;
    some((_key, value) => equal(valueType, value, wanted));
  }
  for (const term of restriction.keys) {
    const wanted = required(term, 'value');
    some((key) => same(keyType, key, wanted));
  }
  for (const [keyTerm, valueTerm] of restriction.entries) {
    const wantedKey = required(keyTerm, 'map key');
    const wantedValue = required(valueTerm, 'map value');
    some((key, value) => same(keyType, key, wantedKey) && same(valueType, value, wantedValue));
  }
  return tests;
}

function same(type: CqlType, a: Uint8Array, b: Uint8Array): boolean {
  return type.compare(a, 0, a.length, b, 0, b.length) === 0;
}

/** Whether a serialized collection has such an entry; of lists and sets the element is both key and value. */
function anyEntry(type: CqlType, bytes: Uint8Array, test: (key: Uint8Array, value: Uint8Array) => boolean): boolean {
  const input = new ByteReader(bytes, 'collection');
  const next = () => {
    const range = readElement(input);
    return range === null ? new Uint8Array(0) : bytes.subarray(range.from, range.to);
  };
  for (let n = readCount(input); n > 0; n--) {
    const key = next();
    if (test(key, type instanceof MapType ? next() : key)) return true;
  }
  return false;
}
