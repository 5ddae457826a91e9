import { expect, test } from 'vitest';
import { parseStatement, parseStatements, printStatement, type Statement } from './index.ts';
import { withoutPositions } from './testing/trees.ts';

const parse = (text: string): Statement => withoutPositions(parseStatement(text));
const one = { kind: 'integer', text: '1' };
const table = { keyspace: null, name: 't' };
const none = { timestamp: null, ttl: null };

test('SELECT with every clause', () => {
  expect(
    parse(
      'SELECT JSON DISTINCT a AS "B", count(*) FROM ks.T WHERE k = ? AND c IN :cs GROUP BY a ORDER BY c DESC, d PER PARTITION LIMIT 1 LIMIT ? ALLOW FILTERING;',
    ),
  ).toEqual({
    kind: 'select',
    json: true,
    distinct: true,
    selectors: [
      { value: { kind: 'column', name: 'a' }, alias: { name: 'B' } },
      { value: { kind: 'countAll' }, alias: null },
    ],
    table: { keyspace: 'ks', name: 't' },
    where: [
      { kind: 'column', column: { name: 'k' }, operator: '=', value: { kind: 'marker', index: 0, name: null } },
      { kind: 'in', column: { name: 'c' }, values: { kind: 'marker', index: 1, name: 'cs' } },
    ],
    groupBy: [{ kind: 'column', name: 'a' }],
    orderBy: [
      { column: { name: 'c' }, annOf: null, direction: 'desc' },
      { column: { name: 'd' }, annOf: null, direction: 'asc' },
    ],
    perPartitionLimit: one,
    limit: { kind: 'marker', index: 2, name: null },
    allowFiltering: true,
    bindMarkers: [{ name: null }, { name: 'cs' }, { name: null }],
  });
});

test.each([
  ['a[1]', { kind: 'element', of: { kind: 'column', name: 'a' }, key: one }],
  ['a[1..]', { kind: 'slice', of: { kind: 'column', name: 'a' }, from: one, to: null }],
  ['a[..1]', { kind: 'slice', of: { kind: 'column', name: 'a' }, from: null, to: one }],
  ['a.b', { kind: 'field', of: { kind: 'column', name: 'a' }, field: { name: 'b' } }],
  ['f(a)', { kind: 'function', name: { keyspace: null, name: 'f' }, args: [{ kind: 'column', name: 'a' }] }],
  ['ks.f()', { kind: 'function', name: { keyspace: 'ks', name: 'f' }, args: [] }],
  ['ttl(a)', { kind: 'columnMetadata', function: 'ttl', of: { kind: 'column', name: 'a' } }],
  ['ttl', { kind: 'column', name: 'ttl' }],
  ['CAST(a AS int)', { kind: 'cast', operand: { kind: 'column', name: 'a' }, type: { kind: 'native', name: 'int' } }],
  ['(int) a', { kind: 'typeHint', type: { kind: 'native', name: 'int' }, operand: { kind: 'column', name: 'a' } }],
  ['(a)', { kind: 'tuple', elements: [{ kind: 'column', name: 'a' }] }],
  ['{a: 1}', { kind: 'mapOrUdt', entries: [{ key: { kind: 'column', name: 'a' }, value: one }] }],
  ['- a', { kind: 'negate', operand: { kind: 'column', name: 'a' } }],
  ['json', { kind: 'column', name: 'json' }],
  ['distinct[1..1]', { kind: 'slice', of: { kind: 'column', name: 'distinct' }, from: one, to: one }],
])('SELECT %s', (text, value) => {
  expect(parse(`SELECT ${text} AS x FROM t`)).toMatchObject({
    json: false,
    distinct: false,
    selectors: [{ value, alias: { name: 'x' } }],
  });
});

test.each([
  ['a CONTAINS KEY 1', { kind: 'column', operator: 'CONTAINS KEY', value: one }],
  ['a LIKE 1', { kind: 'column', operator: 'LIKE' }],
  ['a IS NOT NULL', { kind: 'notNull' }],
  ['a IN ()', { kind: 'in', values: { kind: 'values', values: [] } }],
  ['a[1] != 1', { kind: 'element', key: one, operator: '!=' }],
  ['((a = 1))', { kind: 'column', operator: '=' }],
  ['(a, b) >= (1, 1)', { kind: 'columns', columns: [{ name: 'a' }, { name: 'b' }], operator: '>=', value: { kind: 'tuple' } }],
  ['(a) = ?', { kind: 'columns', value: { kind: 'marker' } }],
  [
    '(a, b) IN ((1, 1), (?, 1))',
    { kind: 'columnsIn', values: { kind: 'values', values: [{ kind: 'tuple' }, { kind: 'tuple' }] } },
  ],
  ['(a, b) IN (?, :x)', { kind: 'columnsIn', values: { values: [{ index: 0 }, { index: 1, name: 'x' }] } }],
  ['(a, b) IN ?', { kind: 'columnsIn', values: { kind: 'marker' } }],
  ['token(a, b) > token(1, 1)', { kind: 'token', operator: '>', value: { kind: 'function', name: { name: 'token' } } }],
  ["expr(idx, 'x')", { kind: 'indexExpression', index: { name: 'idx' } }],
])('WHERE %s', (text, relation) => {
  expect(parse(`SELECT * FROM t WHERE ${text}`)).toMatchObject({ selectors: [], where: [relation] });
});

test('INSERT with options in any order', () => {
  const expected = {
    kind: 'insert',
    table,
    columns: [{ name: 'a' }, { name: '' }],
    values: [one, { kind: 'marker', index: 0, name: 'v' }],
    ifNotExists: true,
    using: { timestamp: { kind: 'marker', index: 1, name: null }, ttl: one },
    bindMarkers: [{ name: 'v' }, { name: null }],
  };
  expect(parse('INSERT INTO t (a, "") VALUES (1, :v) IF NOT EXISTS USING TTL 1 AND TIMESTAMP ?')).toEqual(expected);
  expect(parse('INSERT INTO t (a, "") VALUES (1, :v) IF NOT EXISTS USING TIMESTAMP ? AND TTL 1')).toEqual(expected);
});

test('INSERT JSON', () => {
  expect(parse("INSERT INTO t JSON '{}' DEFAULT UNSET USING TTL 1")).toEqual({
    kind: 'insertJson',
    table,
    json: { kind: 'string', value: '{}' },
    missing: 'unset',
    ifNotExists: false,
    using: { timestamp: null, ttl: one },
    bindMarkers: [],
  });
});

test.each([
  ['a = 1', { kind: 'set', value: one }],
  ['a = a + 1', { kind: 'add', value: one }],
  ['a += 1', { kind: 'add', value: one }],
  ['a = a -1', { kind: 'add', value: { kind: 'integer', text: '-1' } }],
  ['a = a - 1', { kind: 'subtract', value: one }],
  ['a -= 1', { kind: 'subtract', value: one }],
  ['a = [1] + a', { kind: 'prepend', value: { kind: 'list', elements: [one] } }],
  ['a = f() + a', { kind: 'prepend', value: { kind: 'function' } }],
  ['a = 1 + 1 + A', { kind: 'prepend', value: { kind: 'binary' } }],
  ['a = 1 + f()', { kind: 'set', value: { kind: 'binary' } }],
  ['a[1] = 1', { kind: 'setElement', key: one, value: one }],
  ['a.f = 1', { kind: 'setField', field: { name: 'f' }, value: one }],
])('UPDATE SET %s', (text, operation) => {
  expect(parse(`UPDATE t USING TTL 1 SET ${text} WHERE k = 1`)).toMatchObject({
    kind: 'update',
    operations: [{ column: { name: 'a' }, ...operation }],
  });
});

test('conditions on columns, elements and fields', () => {
  expect(parse('UPDATE t SET a = 1 WHERE k = 1 IF a CONTAINS 1 AND b[1] IN (1) AND c.d >= 1 AND e IN ?')).toMatchObject({
    ifExists: false,
    conditions: [
      { kind: 'compare', target: { kind: 'column', column: { name: 'a' } }, operator: 'CONTAINS', value: one },
      { kind: 'in', target: { kind: 'element', column: { name: 'b' }, key: one }, values: { kind: 'values', values: [one] } },
      { kind: 'compare', target: { kind: 'field', column: { name: 'c' }, field: { name: 'd' } }, operator: '>=' },
      { kind: 'in', target: { kind: 'column', column: { name: 'e' } }, values: { kind: 'marker' } },
    ],
  });
  expect(parse('DELETE FROM t WHERE k = 1 IF EXISTS')).toMatchObject({ ifExists: true, conditions: [] });
});

test('DELETE of a column, an element and a field', () => {
  expect(parse('DELETE a, b[1], c.d FROM t USING TIMESTAMP 1 WHERE k = 1')).toMatchObject({
    kind: 'delete',
    targets: [
      { kind: 'column', column: { name: 'a' } },
      { kind: 'element', column: { name: 'b' }, key: one },
      { kind: 'field', column: { name: 'c' }, field: { name: 'd' } },
    ],
    using: { timestamp: one, ttl: null },
  });
});

test('a batch numbers the bind markers of all its statements', () => {
  expect(
    parse('BEGIN UNLOGGED BATCH USING TIMESTAMP ? INSERT INTO t (a) VALUES (?) DELETE FROM t WHERE a = :x; APPLY BATCH;'),
  ).toMatchObject({
    kind: 'batch',
    type: 'unlogged',
    using: { timestamp: { index: 0 }, ttl: null },
    statements: [
      { kind: 'insert', values: [{ index: 1 }], using: none, bindMarkers: [] },
      { kind: 'delete', where: [{ value: { index: 2, name: 'x' } }], bindMarkers: [] },
    ],
    bindMarkers: [{ name: null }, { name: null }, { name: 'x' }],
  });
});

test('a script is split at semicolons, but not those of batches, strings and comments', () => {
  const script = "USE a; BEGIN BATCH DELETE FROM t WHERE k = ';'; APPLY BATCH;; -- ;\nGRANT x ON y TO z; TRUNCATE t";
  expect(parseStatements(script).map(({ statement, start, end }) => [statement.kind, script.slice(start, end)])).toEqual([
    ['use', 'USE a'],
    ['batch', "BEGIN BATCH DELETE FROM t WHERE k = ';'; APPLY BATCH"],
    ['unsupported', 'GRANT x ON y TO z'],
    ['truncate', 'TRUNCATE t'],
  ]);
  expect(parseStatements(' ; -- nothing\n')).toEqual([]);
});

test.each([
  ['CREATE MATERIALIZED VIEW v AS SELECT * FROM t', 'CREATE MATERIALIZED VIEW'],
  ['create or replace function f() returns int', 'CREATE OR REPLACE FUNCTION'],
  ["CREATE CUSTOM INDEX ON t (a) USING 'x'", 'CREATE CUSTOM INDEX'],
  ['LIST ROLES', 'LIST'],
])('%s is a statement that is not supported', (text, what) => {
  expect(parseStatement(`${text};`)).toEqual({ kind: 'unsupported', what, text, bindMarkers: [], pos: 0 });
});

test('a statement prints in one canonical form', () => {
  const text = 'select  a , B from T where (k=1) and c in(1,2) /* x */ order by c asc limit 5 ;';
  expect(printStatement(parseStatement(text))).toBe('SELECT a, b FROM t WHERE k = 1 AND c IN (1, 2) ORDER BY c LIMIT 5');
});
