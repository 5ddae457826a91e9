import { ByteWriter } from '@cassette/bytes';
import { describe, expect, test } from 'vitest';
import { parseType } from '../language/parse.ts';
import { ListType } from '../types/list-type.ts';
import { MapType } from '../types/map-type.ts';
import { type NativeTypeName, nativeTypes } from '../types/native-types.ts';
import { resolveType } from '../types/resolve-type.ts';
import { Decimal } from '../values/decimal.ts';
import { Duration } from '../values/duration.ts';
import { InetAddress } from '../values/inet-address.ts';
import { LocalDate } from '../values/local-date.ts';
import { LocalTime } from '../values/local-time.ts';
import { TimeUuid } from '../values/time-uuid.ts';
import { Uuid } from '../values/uuid.ts';
import { parseQueries, QueryFileError } from './named-statement.ts';
import { constantName, labelName, ModuleNames, propertyName, quoteText, typeName } from './names.ts';
import { TypeTexts } from './type-text.ts';

test.each([
  ['readings', 'Readings', 'readings'],
  ['survey_readings', 'SurveyReadings', 'surveyReadings'],
  ['findReadings', 'FindReadings', 'findReadings'],
  ['new-row', 'NewRow', 'newRow'],
  ['delete', 'Delete', 'delete_'],
  ['HTTPLog2x', 'HTTPLog2x', 'hTTPLog2x'],
  ['1st', '_1st', '_1st'],
  ['größe', 'Größe', 'größe'],
  ['"', '_', '_'],
])('%j names the type %s and the constant %s', (name, type, constant) => {
  expect([typeName(name), constantName(name)]).toEqual([type, constant]);
});

test('names of properties are in quotes where they are no identifiers, labels become some', () => {
  expect(['ts', 'class', 'Select', 'a-b', '1st', '__proto__', "it's", 'writetime(t)', 'größe'].map(propertyName)).toEqual([
    'ts',
    'class',
    'Select',
    "'a-b'",
    "'1st'",
    "'__proto__'",
    "'it\\'s'",
    "'writetime(t)'",
    'größe',
  ]);
  expect(['ts', '[ttl]', 'value(m)', 'in(k)', '1st', 'default', '"'].map(labelName)).toEqual([
    'ts',
    'ttl',
    'value_m',
    'in_k',
    '_1st',
    'default_',
    '_',
  ]);
});

test('text in quotes is read back as it was', () => {
  for (const text of ["it's", 'a "b" \\ c', 'x\r\ny\t\u2028', '`x` $']) {
    expect(new Function(`return ${quoteText(text)}`)()).toBe(text);
  }
});

test('a name that is taken gives way to the next candidate, and then to a number', () => {
  const names = new ModuleNames();
  expect([
    names.take(['ReadingsRow', 'OtherReadingsRow']),
    names.take(['ReadingsRow', 'OtherReadingsRow']),
    names.take(['ReadingsRow', 'OtherReadingsRow']),
    names.take(['Date']),
    names.take(['Uuid', 'MyUuid']),
  ]).toEqual(['ReadingsRow', 'OtherReadingsRow', 'OtherReadingsRow2', 'Date2', 'MyUuid']);
});

describe('types', () => {
  const typeOf = (text: string) => resolveType(parseType(text), () => undefined);
  const texts = () => new TypeTexts(() => ({ result: 'Address', parameter: 'AddressParam' }));

  test.each([
    ['list<int>', 'number[]', 'readonly number[]'],
    ['set<uuid>', 'Set<Uuid>', 'ReadonlySet<Uuid | UuidText> | readonly (Uuid | UuidText)[]'],
    ['map<int, text>', 'Map<number, string>', 'ReadonlyMap<number, string>'],
    ['map<text, int>', 'Map<string, number>', 'ReadonlyMap<string, number> | Readonly<Record<string, number>>'],
    ['list<frozen<set<bigint>>>', 'Set<bigint>[]', 'readonly (ReadonlySet<bigint | number> | readonly (bigint | number)[])[]'],
    ['tuple<int, text>', '[number | null, string | null]', 'readonly [number | null, string | null]'],
    ['vector<float, 3>', '[number, number, number]', 'readonly [number, number, number] | Float32Array'],
    ['vector<text, 2>', '[string, string]', 'readonly [string, string]'],
    ['vector<uuid, 1>', '[Uuid]', 'readonly [Uuid | UuidText]'],
    ['vector<float, 384>', 'number[]', 'readonly number[] | Float32Array'],
    ['list<frozen<vector<int, 2>>>', '([number, number])[]', 'readonly (readonly [number, number])[]'],
  ])('%s', (cql, result, parameter) => {
    expect([texts().result(typeOf(cql)), texts().parameter(typeOf(cql))]).toEqual([result, parameter]);
  });

  test('with exact times what is out of range is told', () => {
    const exact = new TypeTexts(() => ({ result: '', parameter: '' }), { exactTimes: true });
    expect([exact.result(nativeTypes.timestamp), exact.result(nativeTypes.time), exact.result(nativeTypes.date)]).toEqual([
      'Date | bigint',
      'LocalTime | bigint',
      'LocalDate',
    ]);
  });

  test('what must be imported is what is named', () => {
    const used = texts();
    used.result(new MapType(nativeTypes.uuid, new ListType(nativeTypes.duration, true), false));
    used.parameter(nativeTypes.inet);
    expect([...used.imports].sort()).toEqual(['Duration', 'InetAddress', 'Uuid']);
  });

  /** A value of each type as a parameter, and what its values are in a result. */
  const samples: Record<NativeTypeName, readonly [given: unknown, result: unknown]> = {
    ascii: ['a', 'string'],
    bigint: [2n ** 60n, 'bigint'],
    blob: [new ArrayBuffer(2), Uint8Array],
    boolean: [true, 'boolean'],
    counter: [1, 'bigint'],
    date: [new Date(0), LocalDate],
    decimal: [1.5, Decimal],
    double: [1.5, 'number'],
    duration: [new Duration(1, 2, 3n), Duration],
    empty: ['', 'null'],
    float: [1.5, 'number'],
    inet: ['127.0.0.1', InetAddress],
    int: [1, 'number'],
    smallint: [1, 'number'],
    text: ['ä', 'string'],
    time: [LocalTime.of(1, 2), LocalTime],
    timestamp: [0, Date],
    timeuuid: [TimeUuid.now(), TimeUuid],
    tinyint: [1, 'number'],
    uuid: ['6f1c7a4e-0d4b-4f1e-9a60-3a6b0c9d1e2f', Uuid],
    varchar: ['x', 'string'],
    varint: [2n ** 90n, 'bigint'],
  };

  test.each(Object.entries(samples).filter(([name]) => name !== 'empty'))(
    'values of %s are in a result what its type says',
    (name, [given, expected]) => {
      const type = nativeTypes[name as NativeTypeName];
      const out = new ByteWriter();
      type.encode(given, out);
      const value = type.decode(out.written(), 0, out.length);
      const text = texts().result(type);
      if (typeof expected === 'string') expect([typeof value, text]).toEqual([expected, expected]);
      else expect([value instanceof (expected as new () => unknown), text]).toEqual([true, (expected as { name: string }).name]);
    },
  );
});

test('statements of a file have the name of the comment before them, and the lines behind it', () => {
  const text = `-- about the file
-- name: one
-- What it does.
SELECT * FROM t; -- name: not this
/*
 * name:   two-words
 */
SELECT * FROM t WHERE a = '-- name: none';
SELECT 1 FROM t`;
  expect(parseQueries(text).map(({ name, doc, source }) => ({ name, doc, source }))).toEqual([
    { name: 'one', doc: ['What it does.'], source: 'SELECT * FROM t' },
    { name: 'two-words', doc: [], source: "SELECT * FROM t WHERE a = '-- name: none'" },
    { name: null, doc: [], source: 'SELECT 1 FROM t' },
  ]);
});

test('an error of a file tells where in the file it is', () => {
  const error = new QueryFileError('UNNAMED_STATEMENT', 'no name', 'q.cql', 'SELECT 1;\nSELECT 2;', 10);
  expect([error.code, error.message, error.data]).toEqual([
    'UNNAMED_STATEMENT',
    'q.cql:2:1: no name\nSELECT 2;\n^',
    { file: 'q.cql', line: 2, column: 1, position: 10 },
  ]);
});
