import { expect, test } from 'vitest';
import { parseTerm, parseType, printTerm, printType, quoteIdentifier, type Term } from './index.ts';
import { withoutPositions } from './testing/trees.ts';

const term = (text: string): Term => withoutPositions(parseTerm(text));
const int = (text: string): unknown => ({ kind: 'integer', text });

test('constants keep the text that was written', () => {
  expect(parseTerm(' 007')).toEqual({ kind: 'integer', text: '007', pos: 1 });
  expect(term('1E3')).toEqual({ kind: 'float', text: '1E3' });
  expect(term('TRUE')).toEqual({ kind: 'boolean', value: true });
  expect(term("'it''s'")).toEqual({ kind: 'string', value: "it's" });
  expect(term("$$it's$$")).toEqual({ kind: 'string', value: "it's" });
  expect(term('0xCAfe')).toEqual({ kind: 'blob', text: '0xCAfe' });
  expect(term('1h')).toEqual({ kind: 'duration', text: '1h' });
  expect(term('null')).toEqual({ kind: 'null' });
});

test('braces are a set, a map, or a user type', () => {
  expect(term('{}')).toEqual({ kind: 'set', elements: [] });
  expect(term('{1, 2}')).toEqual({ kind: 'set', elements: [int('1'), int('2')] });
  expect(term('{1: 2}')).toEqual({ kind: 'map', entries: [{ key: int('1'), value: int('2') }] });
  expect(term('{A: 1, "B": 2}')).toEqual({
    kind: 'udt',
    fields: [
      { name: { name: 'a' }, value: int('1') },
      { name: { name: 'B' }, value: int('2') },
    ],
  });
  expect(term('{f(): 1}')).toMatchObject({ kind: 'map' });
  expect(term('{:k: :v}')).toMatchObject({
    kind: 'map',
    entries: [{ key: { name: 'k', index: 0 }, value: { name: 'v', index: 1 } }],
  });
});

test('parentheses are a tuple, a type hint, or a term in parentheses', () => {
  expect(term("('a', 1)")).toEqual({ kind: 'tuple', elements: [{ kind: 'string', value: 'a' }, int('1')] });
  expect(term('(int) 1')).toEqual({ kind: 'typeHint', type: { kind: 'native', name: 'int' }, operand: int('1') });
  expect(term("('a.B') 1")).toMatchObject({ kind: 'typeHint', type: { kind: 'custom', className: 'a.B' } });
  expect(term('(1)')).toEqual({ kind: 'tuple', elements: [int('1')] });
  expect(term('(f(1))')).toMatchObject({ kind: 'tuple', elements: [{ kind: 'function' }] });
});

test('multiplication binds tighter than addition, all to the left', () => {
  expect(term('1 + 2 * 3 - 4')).toEqual({
    kind: 'binary',
    operator: '-',
    left: {
      kind: 'binary',
      operator: '+',
      left: int('1'),
      right: { kind: 'binary', operator: '*', left: int('2'), right: int('3') },
    },
    right: int('4'),
  });
});

test('functions may have a keyspace and names that columns may not', () => {
  expect(term('ks.f(1)')).toEqual({ kind: 'function', name: { keyspace: 'ks', name: 'f' }, args: [int('1')] });
  expect(term('token()')).toEqual({ kind: 'function', name: { keyspace: null, name: 'token' }, args: [] });
  expect(term('CAST(1 AS text)')).toEqual({ kind: 'cast', operand: int('1'), type: { kind: 'native', name: 'text' } });
});

test.each([
  'a',
  '',
  '1 2',
  '(',
  '[1,]',
  '{1: 2, 3}',
  '{a: 1, 2: 3}',
  '- - 1',
  '(int)',
  'f(',
  '1 -1',
  'ttl(1)',
  'CAST(1 AS udt)',
  '.5',
  '1e',
])('no value: %s', (text) => {
  expect(() => parseTerm(text)).toThrow(expect.objectContaining({ code: 'SYNTAX_ERROR' }));
});

test('types of every kind print as they were meant', () => {
  const text = 'map<text, frozen<list<tuple<int, set<vector<float, 3>>, ks.udt, \'a.B\', "Udt", "ttl">>>>';
  expect(
    printType(
      parseType(
        text
          .toUpperCase()
          .replace('KS.UDT', 'ks.udt')
          .replace("'A.B'", "'a.B'")
          .replace('"UDT"', '"Udt"')
          .replace('"TTL"', '"ttl"'),
      ),
    ),
  ).toBe(text);
});

test('words of the type syntax may name user types where no bracket follows', () => {
  expect(withoutPositions(parseType('map'))).toEqual({ kind: 'userType', name: { keyspace: null, name: 'map' } });
  expect(withoutPositions(parseType('int.map'))).toEqual({ kind: 'userType', name: { keyspace: 'int', name: 'map' } });
});

test.each([
  'frozen<int>',
  "frozen<'x'>",
  'byte',
  'ttl',
  'ks.int',
  'tuple<>',
  'map<int>',
  'vector<int, 99999999999>',
  'list<int',
  'a.b.c',
])('no type: %s', (text) => {
  expect(() => parseType(text)).toThrow(expect.objectContaining({ code: 'SYNTAX_ERROR' }));
});

test('names get quotes only where they need them', () => {
  expect(['a_1', 'ttl', 'select', 'A', '1a', '', 'a"b', 'true', 'columnfamily'].map(quoteIdentifier)).toEqual([
    'a_1',
    'ttl',
    '"select"',
    '"A"',
    '"1a"',
    '""',
    '"a""b"',
    '"true"',
    '"columnfamily"',
  ]);
});

test('a minus before a number stays a negation when printed', () => {
  expect(printTerm(parseTerm('- 1'))).toBe('- 1');
  expect(printTerm(parseTerm('1 - -1'))).toBe('1 - -1');
});
