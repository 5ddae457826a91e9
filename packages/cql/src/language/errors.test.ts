import { expect, test } from 'vitest';
import { CqlError, CqlSyntaxError, InvalidRequestError } from '../errors.ts';
import { CHAIN_MAX, NESTING_MAX, parseStatement, parseStatements, parseTerm, parseType, printStatement } from './index.ts';

function errorOf(parse: () => unknown): CqlSyntaxError {
  try {
    parse();
  } catch (error) {
    if (error instanceof CqlSyntaxError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test('a syntax error names line and column and shows the place', () => {
  const error = errorOf(() => parseStatement('SELECT a\nFROM t WERE k = 1'));
  expect(error).toBeInstanceOf(CqlError);
  expect(error.message).toBe("line 2:8 expected the end of the statement, found 'WERE'\nFROM t WERE k = 1\n       ^");
  expect(error.data).toEqual({ line: 2, column: 8, position: 16, protocolCode: 0x2000 });
});

test.each([
  ['', '1:1 expected a statement, found the end of the text'],
  ['SELEC a', "1:1 expected a statement, found 'SELEC'"],
  ['SELECT a FROM', '1:14 expected a table name, found the end of the text'],
  ['SELECT a, FROM t', "1:11 expected something to select, found 'FROM'"],
  ['SELECT a-1 FROM t', "1:9 expected FROM, found '-1'"],
  ["SELECT a FROM t WHERE a = 'open", "1:27 this string is never closed: expected '"],
  ['INSERT INTO t (a) VALUES (b)', "1:27 expected a value, found 'b'"],
  ['INSERT INTO t (a) VALUES 1', "1:26 expected '(', found '1'"],
  ['UPDATE t SET a = b + 1 WHERE k = 1', '1:18 expected a, the column that is set, found b'],
  ['UPDATE t SET a = 1, a = 2 WHERE k = 1', '1:21 column a is set more than once'],
  ['UPDATE t SET a[1] = 1, a = 2 WHERE k = 1', '1:24 column a is set more than once'],
  ['UPDATE t SET a.b = 1, a.b = 2 WHERE k = 1', '1:23 column a is set more than once'],
  ['UPDATE t SET a = 1', '1:19 expected WHERE, found the end of the text'],
  ['DELETE FROM t WHERE (a, b) = 1', "1:30 expected '(' or a bind marker, found '1'"],
  ['DELETE FROM t USING TTL 1 WHERE k = 1', "1:21 expected TIMESTAMP, found 'TTL'"],
  ['BEGIN BATCH SELECT * FROM t; APPLY BATCH', "1:13 expected INSERT, UPDATE, DELETE or APPLY BATCH, found 'SELECT'"],
  ['CREATE VIEW v', "1:8 expected KEYSPACE, TABLE, TYPE or INDEX, found 'VIEW'"],
  ['CREATE TABLE t (a frozen<int>)', '1:26 frozen<> is only for collections, tuples and user types, found int'],
  ['CREATE TABLE t (a int) WITH x = 1 AND x = 2', '1:39 property x is given more than once'],
  ["CREATE TABLE t (a int) WITH x = {'a': 1, 'a': 2}", '1:42 a is given more than once in this map'],
  ['CREATE TABLE t (a int) WITH x = {?: 1}', "1:34 expected a constant (a schema statement takes no bind markers), found '?'"],
  ['SELECT * FROM ?', "1:15 expected a table name, found '?'"],
  ['USE a; USE b', "1:8 expected the end of the statement, found 'USE'"],
])('%s', (source, message) => {
  expect(errorOf(() => parseStatement(source)).message.split('\n')[0]).toBe(`line ${message}`);
});

test('errors in a script are placed in the script', () => {
  expect(errorOf(() => parseStatements('USE a;\nUSE b;\n  USE 1')).data).toMatchObject({ line: 3, column: 7, position: 20 });
});

test('every node that can be blamed knows its place', () => {
  const source = "UPDATE t SET a = 'x' WHERE (k, c) = (1, ?) IF b[2] = 3";
  expect(parseStatement(source)).toMatchObject({
    pos: 0,
    table: { pos: source.indexOf('t') },
    operations: [{ pos: source.indexOf('a ='), column: { pos: source.indexOf('a =') }, value: { pos: source.indexOf("'x'") } }],
    where: [
      {
        pos: source.indexOf('(k'),
        columns: [{ pos: source.indexOf('k,') }, { pos: source.indexOf('c)') }],
        value: { pos: source.indexOf('(1') },
      },
    ],
    conditions: [{ pos: source.indexOf('b['), value: { pos: source.indexOf('3') } }],
    bindMarkers: [{ pos: source.indexOf('?') }],
  });
});

test.each([
  ['lists', (n: number) => `${'['.repeat(n)}1${']'.repeat(n)}`],
  ['tuples', (n: number) => `${'('.repeat(n)}1${')'.repeat(n)}`],
  ['maps', (n: number) => `${'{1:'.repeat(n)}1${'}'.repeat(n)}`],
  ['hints', (n: number) => `${'(int)'.repeat(n)}1`],
  ['calls', (n: number) => `${'f('.repeat(n)}1${')'.repeat(n)}`],
  ['open brackets', (n: number) => '[('.repeat(n)],
])('deeply nested %s are refused, not a stack overflow', (_, nest) => {
  parseTerm(nest(50).replace(/^(?:\[\()+$/, '1'));
  for (const n of [NESTING_MAX + 1, 100_000]) {
    expect(errorOf(() => parseTerm(nest(n))).message).toContain(`nested deeper than ${NESTING_MAX} levels`);
    expect(errorOf(() => parseStatement(`SELECT ${nest(n)} FROM t`)).message).toContain(
      `nested deeper than ${NESTING_MAX} levels`,
    );
  }
});

test('deeply nested types, parentheses and negations are refused, not a stack overflow', () => {
  const n = 100_000;
  const tooDeep = `nested deeper than ${NESTING_MAX} levels`;
  expect(errorOf(() => parseType(`${'list<'.repeat(n)}int`)).message).toContain(tooDeep);
  expect(errorOf(() => parseStatement(`SELECT * FROM t WHERE ${'('.repeat(n)}a = 1`)).message).toContain(tooDeep);
  expect(errorOf(() => parseStatement(`SELECT ${'- '.repeat(n)}a FROM t`)).message).toContain(tooDeep);
  expect(() => parseTerm(`(${'list<'.repeat(n)}`)).toThrow(CqlSyntaxError);
});

test('long chains of operators and fields are refused, as they nest to the left', () => {
  const tooLong = `expression of more than ${CHAIN_MAX} operators`;
  expect(errorOf(() => parseTerm('1 + '.repeat(100_000))).message).toContain(tooLong);
  expect(errorOf(() => parseStatement(`SELECT a${'.b'.repeat(100_000)} FROM t`)).message).toContain(tooLong);
  const longest = `SELECT a${' + 1'.repeat(CHAIN_MAX)}, b${'.c'.repeat(CHAIN_MAX)} FROM t`;
  expect(printStatement(parseStatement(longest))).toBe(longest);
});

test('long lists are no deep nesting', () => {
  const values = Array.from({ length: 50_000 }, (_, i) => i).join(', ');
  const source = `INSERT INTO t (a) VALUES ([${values}])`;
  expect(printStatement(parseStatement(source))).toBe(source);
});

test('a name of any length leaves a message that can be read', () => {
  const long = 'x'.repeat(1_000_000);
  const spaced = 'x '.repeat(500_000);
  for (const name of [long, spaced]) {
    expect(new InvalidRequestError(`Undefined column name ${name} in table ks.t`).message.length).toBeLessThan(4100);
    expect(new CqlSyntaxError(`unknown ${name} here`, 'SELECT', 0).message.length).toBeLessThan(4300);
  }
  expect(new InvalidRequestError(`Undefined column name ${long} in table ks.t`).message).toMatch(
    /^Undefined column name x{280}…x{10} in table ks\.t$/,
  );
});
