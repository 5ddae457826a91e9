import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CsvDialect, CsvRecords } from './csv-records.ts';
import { RefusedValue } from './refused-value.ts';

const rfc: CsvDialect = { delimiter: ',', quote: '"', escapeWith: '"' };
const cqlsh: CsvDialect = { delimiter: ',', quote: '"', escapeWith: '\\' };

const all = (dialect: CsvDialect, text: string) => {
  const records = new CsvRecords(dialect);
  return [...records.take(text, false), ...records.take('', true)];
};

test('values hold delimiters, quotes and ends of lines when they are in quotes', () => {
  expect(all(rfc, 'a,"b,""c""\nd",e\r\n,\n\n"x"')).toEqual([['a', 'b,"c"\nd', 'e'], ['', ''], ['x']]);
  expect(all(rfc, 'a"b,c d"\n1,')).toEqual([
    ['a"b', 'c d"'],
    ['1', ''],
  ]);
});

test('a backslash takes the meaning from what is behind it, in quotes and outside of them', () => {
  expect(all(cqlsh, String.raw`"a\"b\\n",c\,d\\,"\n"`)).toEqual([['a"b\\n', 'c,d\\', 'n']]);
  expect(all(cqlsh, '"a""b",c')).toEqual([['a"b"', 'c']]);
});

test('a carriage return belongs to the end of a line, and within quotes to the value', () => {
  expect(all(rfc, 'a,b\r\n"c\r",d\r')).toEqual([
    ['a', 'b'],
    ['c\r', 'd'],
  ]);
});

test('a quote that is never closed is refused, behind the records before it', () => {
  const records = new CsvRecords(rfc);
  expect(records.take('a,b\n"c,d\n', false)).toEqual([['a', 'b']]);
  expect(() => records.take('', true)).toThrow(RefusedValue);
});

test.each([rfc, cqlsh])('what is written with $escapeWith comes back, in whatever pieces', (dialect) => {
  const value = fc.string({ unit: fc.constantFrom('a', '"', '\\', ',', '\n', '\r', ' ', 'é'), maxLength: 8 });
  fc.assert(
    fc.property(fc.array(fc.array(value, { minLength: 2, maxLength: 4 })), fc.integer({ min: 1, max: 7 }), (rows, size) => {
      const { quote, escapeWith } = dialect;
      const escaped = (text: string) =>
        escapeWith === quote ? text.replaceAll('"', '""') : text.replace(/["\\]/g, (c) => `\\${c}`);
      const text = rows.map((row) => `${row.map((one) => `"${escaped(one)}"`).join(',')}\r\n`).join('');
      const records = new CsvRecords(dialect);
      const found: string[][] = [];
      for (let at = 0; at < text.length; at += size) found.push(...records.take(text.slice(at, at + size), false));
      found.push(...records.take('', true));
      expect(found).toEqual(rows);
    }),
  );
});

test('a long record that comes in many pieces is one, and those behind it are found', () => {
  const records = new CsvRecords(rfc);
  const piece = 'x'.repeat(1000);
  const found = [...records.take('a,"', false)];
  for (let i = 0; i < 500; i++) found.push(...records.take(piece, false));
  found.push(...records.take('"\nb,c\nd,', false), ...records.take('e\n', false), ...records.take('', true));
  expect(found.map((record) => record.map((value) => value.length))).toEqual([
    [1, 500_000],
    [1, 1],
    [1, 1],
  ]);
});
