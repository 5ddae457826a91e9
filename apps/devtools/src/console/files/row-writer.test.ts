import { ByteWriter } from '@cassette/bytes';
import { ResultSet } from '@cassette/client';
import { type CqlType, parseType, resolveType } from '@cassette/cql';
import { expect, test } from 'vitest';
import type { CopyCommand } from '../commands/command.ts';
import { parseCommand } from '../commands/parse-command.ts';
import { copyOptions } from './copy-options.ts';
import { rowWriter } from './row-writer.ts';

const typeOf = (text: string): CqlType => resolveType(parseType(text), () => undefined);

/** A page of one row. */
function page(values: readonly (readonly [type: string, value: unknown])[]) {
  const columns = values.map(([type], i) => ({ keyspace: 'k', table: 't', name: `c${i}`, type: typeOf(type) }));
  const out = new ByteWriter(64);
  const ends = values.map(([, value], i) => {
    if (value === null) return ~out.length;
    columns[i].type.encode(value, out);
    return out.length;
  });
  return { columns, result: new ResultSet(columns, out.toBytes(), Int32Array.from(ends), 1) };
}

const options = (text: string) => copyOptions(parseCommand(`COPY t TO STDOUT ${text}`) as CopyCommand);

const written = (text: string, ...values: [string, unknown][]) => {
  const { columns, result } = page(values);
  return rowWriter(columns, options(text)).rows(result, 10);
};

test('values are written as cqlsh writes them', () => {
  expect(
    written(
      '',
      ['text', 'a, "b" \\'],
      ['boolean', true],
      ['timestamp', new Date(Date.UTC(2024, 1, 3, 4, 5, 6, 7))],
      ['blob', Uint8Array.of(0xca, 0xfe)],
      ['int', null],
      ['text', ''],
      ['date', '2024-02-03'],
      ['map<text, frozen<list<int>>>', new Map([["it's", [1, 2]]])],
      ['frozen<tuple<int, timestamp>>', [null, new Date(0)]],
      ['set<boolean>', new Set([false])],
    ),
  ).toBe(
    String.raw`"a, \"b\" \\",True,2024-02-03 04:05:06.007+0000,0xcafe,,,2024-02-03,"{'it''s': [1, 2]}","(null, '1970-01-01 00:00:00.000+0000')",{False}` +
      '\r\n',
  );
});

test.each([
  [0.1, '0.1'],
  [1 / 3, '0.3333333333333'],
  [1234567.891, '1234567.891000000061'],
  [1e21, '1e+21'],
  [1.5e-7, '1.5e-07'],
  [-0.0001, '-0.0001'],
  [100, '100'],
  [0, '0'],
  [Number.NaN, 'NaN'],
  [Number.NEGATIVE_INFINITY, '-Infinity'],
])('the double %d is %s', (value, text) => {
  expect(written('', ['double', value])).toBe(`${text}\r\n`);
});

test('options say how values are written, and 17 digits lose nothing', () => {
  expect(written("WITH BOOLSTYLE = 'yes, no' AND NULL = 'n/a' AND DELIMITER = ';'", ['boolean', false], ['int', null])).toBe(
    'no;n/a\r\n',
  );
  expect(written("WITH THOUSANDSSEP = '.' AND DECIMALSEP = ','", ['int', -1234567], ['double', 1234.5])).toBe(
    '-1.234.567,"1.234,5"\r\n',
  );
  expect(written("WITH DATETIMEFORMAT = '%d/%m/%y %H:%M'", ['timestamp', new Date(0)])).toBe('01/01/70 00:00\r\n');
  expect(Number(written('WITH DOUBLEPRECISION = 17', ['double', 0.1 + 0.2]))).toBe(0.1 + 0.2);
  expect(written("WITH QUOTE = '''' AND ESCAPE = ''''", ['text', "it's"])).toBe("'it''s'\r\n");
});

test('JSON is an object a line, as SELECT JSON gives it', () => {
  const { columns, result } = page([
    ['text', 'a\n"b"'],
    ['int', null],
    ['double', 0.1],
  ]);
  columns[1] = { ...columns[1], name: 'Big' };
  const writer = rowWriter(columns, options("WITH FORMAT = 'json'"));
  expect(writer.head + writer.rows(result, 1)).toBe('{"c0": "a\\n\\"b\\"", "\\"Big\\"": null, "c2": 0.1}\n');
});

test.each([
  ['TO', "'x' WITH HEADER = maybe", 'HEADER is true or false'],
  ['TO', "'x' WITH DELIMITER = 'ab'", 'DELIMITER is one character'],
  ['TO', "'x' WITH MAXROWS = 3", 'MAXROWS is an option of COPY FROM'],
  ['FROM', "'x' WITH PAGESIZE = 3", 'PAGESIZE is an option of COPY TO'],
  ['FROM', "'x' WITH ERRFILE = 'e'", 'ERRFILE is not supported: rows that are refused are told below the statement'],
  ['FROM', "'x' WITH COLOUR = 1", 'COPY has no option COLOUR'],
  ['FROM', "'x.json' WITH QUOTE = '|'", 'QUOTE is about CSV, and this is JSON'],
  ['FROM', "'x' WITH CHUNKSIZE = 0", 'CHUNKSIZE is a number from 1 to 100000'],
  ['FROM', "'x' WITH BOOLSTYLE = 'yes'", 'BOOLSTYLE is two words'],
  ['FROM', "'x' WITH ENCODING = 'latin1'", 'ENCODING is utf8 or utf-8'],
  ['FROM', "'x' WITH DATETIMEFORMAT = '%Q'", 'not with %Q'],
])('COPY %s %s is refused', (direction, rest, message) => {
  expect(() => copyOptions(parseCommand(`COPY t ${direction} ${rest}`) as CopyCommand)).toThrow(message);
});
