import { expect, test } from 'vitest';
import { tokenize } from './lexer.ts';

const kinds = (source: string): string[] => tokenize(source).map(({ type, text }) => (text === '' ? type : `${type} ${text}`));

test('keywords are found in any case and aliases are folded', () => {
  expect(kinds('select COLUMNFAMILY ColumnFamilies')).toEqual(['word SELECT', 'word TABLE', 'word TABLES', 'end']);
});

test('identifiers keep their case for the parser to fold', () => {
  expect(kinds('Foo_1')).toEqual(['identifier Foo_1', 'end']);
});

test('quotes are doubled inside of strings and quoted names', () => {
  expect(kinds(`'it''s' "a""b" ''`)).toEqual([`string it's`, 'quotedName a"b', 'string', 'end']);
  expect(kinds('""')).toEqual(['emptyQuotedName', 'end']);
  expect(kinds(String.raw`'a\'`)).toEqual(['string a\\', 'end']);
});

test('dollar strings keep quotes, and single dollars', () => {
  expect(kinds(`$$it's $5$$`)).toEqual([`string it's $5`, 'end']);
});

test('numbers take the minus that touches them', () => {
  expect(kinds('a -1 - 1 -1.5e-3 1. 1e5')).toEqual([
    'identifier a',
    'integer -1',
    'symbol -',
    'integer 1',
    'float -1.5e-3',
    'float 1.',
    'float 1e5',
    'end',
  ]);
});

test('a range of integers is not a float', () => {
  expect(kinds('1..2')).toEqual(['integer 1', 'symbol ..', 'integer 2', 'end']);
  expect(kinds('1...2')).toEqual(['float 1.', 'symbol ..', 'integer 2', 'end']);
});

test('NaN and Infinity are floats in one spelling', () => {
  expect(kinds('nan -NAN infinity -Infinity')).toEqual(['float NaN', 'float -NaN', 'float Infinity', 'float -Infinity', 'end']);
});

test('durations come in three notations', () => {
  const texts = ['1y2mo3w4d5h6m7s8ms9us10ns', '-1Y', '1µs', 'P1Y2M3DT4H5M6S', '-P1D', 'PT5M', 'P2W', 'P0001-02-03T04:05:06'];
  expect(kinds(texts.join(' '))).toEqual([...texts.map((text) => `duration ${text}`), 'end']);
});

test('what only begins like a duration is an identifier', () => {
  expect(kinds('p1d P1Dx PT P1W1D')).toEqual(['identifier p1d', 'identifier P1Dx', 'identifier PT', 'identifier P1W1D', 'end']);
});

test('uuids and blobs are told from numbers and identifiers', () => {
  expect(kinds('123e4567-e89b-12d3-a456-426614174000 deadbeef-E89b-12d3-a456-426614174000 0xCaFe 0X deadbeef')).toEqual([
    'uuid 123e4567-e89b-12d3-a456-426614174000',
    'uuid deadbeef-E89b-12d3-a456-426614174000',
    'blob 0xCaFe',
    'blob 0X',
    'identifier deadbeef',
    'end',
  ]);
});

test('comments of all three kinds are skipped, also at the end of the text', () => {
  expect(kinds('a -- b\n// c\r/* d\n * e */ f -- g')).toEqual(['identifier a', 'identifier f', 'end']);
});

test.each([
  ["x 'open", 2, "this string is never closed: expected '"],
  ['x "open', 2, 'this quoted name is never closed: expected "'],
  ['x $$open', 2, 'this string is never closed: expected $$'],
  ['x /* open', 2, 'this comment is never closed: expected */'],
  ['x @', 2, "'@' begins nothing that CQL knows"],
  ['x 😀', 2, "'😀' begins nothing that CQL knows"],
  ['a = 1AND', 4, 'expected a space behind the number 1'],
  ['5UPDATE', 0, 'expected a space behind the number 5'],
  ['1null', 0, 'expected a space behind the number 1'],
])('%s is refused where the trouble begins', (source, start, text) => {
  expect(tokenize(source).at(-1)).toEqual({ type: 'error', text, start, end: source.length });
});
