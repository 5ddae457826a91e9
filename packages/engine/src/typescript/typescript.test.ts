import { QueryFileError, type Schema } from '@cassette/cql';
import { MemoryStorage } from '@cassette/storage';
import { beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../database/index.ts';
import { describeQueries, describeStatement } from './index.ts';

let schema: Schema;

beforeAll(async () => {
  const database = await openDatabase({
    storage: new MemoryStorage(),
    schema: `CREATE TABLE t (k text, c int, v double, m map<text, int>, s set<int>, PRIMARY KEY (k, c));
      CREATE TABLE with_static (k text, c int, st int static, v int, PRIMARY KEY (k, c));
      CREATE KEYSPACE other WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
      CREATE TABLE other.t (a int PRIMARY KEY);`,
  });
  ({ schema } = database);
  await database.close();
});

/** Columns as `name: type`, with `| null` and `?` as TypeScript has it. */
function columns(query: string): string[] | null {
  const found = describeStatement(query, schema, 'cassette')?.columns ?? null;
  return (
    found?.map(
      (c) => `${c.name}${c.optional ? '?' : ''}: ${c.type}${c.nullElements ? ' of nulls' : ''}${c.nullable ? ' | null' : ''}`,
    ) ?? null
  );
}

/** Parameters likewise. */
function parameters(query: string): string[] | undefined {
  return describeStatement(query, schema, 'cassette')?.parameters.map(
    (p) => `${p.isNamed ? ':' : ''}${p.name}: ${p.type}${p.nullable ? ' | null' : ''}${p.optional ? ' | undefined' : ''}`,
  );
}

test.each([
  ['SELECT * FROM t', ['k: text', 'c: int', 'm: map<text, int> | null', 's: set<int> | null', 'v: double | null']],
  ['SELECT k AS key, v FROM t', ['key: text', 'v: double | null']],
  ['SELECT k, c, st FROM with_static', ['k: text', 'c: int | null', 'st: int | null']],
  ["SELECT c, st FROM with_static WHERE k = 'a' AND c > 1", ['c: int', 'st: int | null']],
  ['SELECT DISTINCT k FROM t', ['k: text']],
  ['SELECT count(*), k FROM t', ['count: bigint', 'k: text | null']],
  [
    'SELECT k, count(v), max(v), sum(c) FROM t GROUP BY k',
    ['k: text', 'system.count(v): bigint', 'system.max(v): double | null', 'system.sum(c): int'],
  ],
  ['SELECT writetime(v), ttl(m) FROM t', ['writetime(v): bigint | null', 'ttl(m): frozen<list<int>> of nulls | null']],
  ["SELECT m['a'], CAST(v AS text) AS x FROM t", ["m['a']: int | null", 'x: text | null']],
  ['SELECT JSON * FROM t', ['[json]: text']],
  ["INSERT INTO t (k, c) VALUES ('a', 1)", null],
  ["UPDATE t SET v = 1 WHERE k = 'a' AND c = 1 IF v = 2", ['[applied]: boolean', 'v?: double | null']],
  [
    "DELETE FROM t WHERE k = 'a' AND c = 1 IF EXISTS",
    [
      '[applied]: boolean',
      'k?: text | null',
      'c?: int | null',
      'm?: map<text, int> | null',
      's?: set<int> | null',
      'v?: double | null',
    ],
  ],
])('%s', (query, expected) => {
  expect(columns(query)).toEqual(expected);
});

test.each([
  ['SELECT * FROM t WHERE k = ? AND c > ? LIMIT ?', ['k: text', 'c: int', '[limit]: int']],
  ['SELECT * FROM t WHERE k IN ? AND c = :at', ['in(k): frozen<list<text>>', ':at: int']],
  ['SELECT * FROM t WHERE token(k) > ?', ['partition key token: bigint']],
  [
    'INSERT INTO t (k, c, v) VALUES (?, ?, ?) USING TIMESTAMP ? AND TTL ?',
    ['k: text', 'c: int', 'v: double | null | undefined', '[timestamp]: bigint', '[ttl]: int | null | undefined'],
  ],
  [
    'UPDATE t SET m[?] = ?, s = s + ? WHERE k = ? AND c = 1 IF v IN ?',
    [
      'key(m): text',
      'value(m): int | null | undefined',
      's: set<int> | null | undefined',
      'k: text',
      'in(v): frozen<list<double>>',
    ],
  ],
  [
    'UPDATE t SET v = ? WHERE k = ? AND c = 1 IF v = ? AND v != ? AND v > ? AND v IN (?, ?) AND m[?] = ? AND s CONTAINS ?',
    [
      'v: double | null | undefined',
      'k: text',
      'v: double | null',
      'v: double | null',
      'v: double',
      'v: double | null',
      'v: double | null',
      'key(m): text',
      'm: int | null',
      's: int',
    ],
  ],
  ['DELETE FROM t WHERE k = ? AND c = 1 IF v = :before', ['k: text', ':before: double | null']],
  ['INSERT INTO t JSON ?', ['[json]: text']],
  [
    'BEGIN BATCH UPDATE t SET v = ? WHERE k = ? AND c = 1 IF v = ?; DELETE v FROM t WHERE k = ? AND c = 1 IF v < ?; APPLY BATCH',
    ['v: double | null | undefined', 'k: text', 'v: double | null', 'k: text', 'v: double'],
  ],
  ['BEGIN BATCH INSERT INTO t (k, c) VALUES (?, 1); DELETE v FROM t WHERE k = ? AND c = 1; APPLY BATCH', ['k: text', 'k: text']],
])('%s', (query, expected) => {
  expect(parameters(query)).toEqual(expected);
});

test('what is not about data is not described', () => {
  expect(describeStatement('CREATE TABLE x (a int PRIMARY KEY)', schema, 'cassette')).toBe(null);
  expect(describeStatement('TRUNCATE t', schema, 'cassette')).toBe(null);
});

test('statements of files have their names; USE says the keyspace of what follows in its file', () => {
  const found = describeQueries(
    [
      { file: 'a.cql', text: '-- name: a\nSELECT * FROM t; USE other; -- name: b\nSELECT * FROM t;' },
      { file: 'b.cql', text: '-- name: c\nSELECT k FROM t' },
    ],
    schema,
    'cassette',
  );
  expect(found.map(({ name, columns: of }) => [name, of?.map((column) => column.name)])).toEqual([
    ['a', ['k', 'c', 'm', 's', 'v']],
    ['b', ['a']],
    ['c', ['k']],
  ]);
});

test.each([
  ['SELECT * FROM t', 'UNNAMED_STATEMENT', 'q.cql:1:1: This statement has no name'],
  [
    '-- name: a\nSELECT * FROM t; -- name: a\nSELECT * FROM t',
    'DUPLICATE_NAME',
    'q.cql:3:1: There are two statements with the name a',
  ],
  ['-- name: a\nCREATE TABLE x (a int PRIMARY KEY)', 'NOT_A_QUERY', 'q.cql:2:1: Types are made of'],
  ['-- name: a\nSELECT * FORM t', 'SYNTAX_ERROR', 'q.cql:2:10: expected'],
  ['-- name: a\n\nSELECT nope\n  FROM t', 'INVALID_REQUEST', 'q.cql:3:8: Undefined column name nope'],
])('%j is refused where it stands', (text, code, message) => {
  const refused = () => describeQueries([{ file: 'q.cql', text }], schema, 'cassette');
  expect(refused).toThrow(QueryFileError);
  expect(refused).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
});
