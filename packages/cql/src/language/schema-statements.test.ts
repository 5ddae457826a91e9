import { expect, test } from 'vitest';
import { parseStatement, printStatement, type Statement } from './index.ts';
import { withoutPositions } from './testing/trees.ts';

const parse = (text: string): Statement => withoutPositions(parseStatement(text));
const int = { kind: 'native', name: 'int' };
const plain = { static: false, mask: null };

test('CREATE KEYSPACE with constants, keywords and maps as properties', () => {
  expect(
    parse(
      "CREATE KEYSPACE IF NOT EXISTS Ks WITH replication = {'class': 'SimpleStrategy', 'n': 1} AND durable_writes = true AND x = ALL",
    ),
  ).toEqual({
    kind: 'createKeyspace',
    keyspace: { name: 'ks' },
    ifNotExists: true,
    properties: [
      {
        name: 'replication',
        value: {
          kind: 'map',
          entries: [
            { key: { kind: 'string', value: 'class' }, value: { kind: 'string', value: 'SimpleStrategy' } },
            { key: { kind: 'string', value: 'n' }, value: { kind: 'integer', text: '1' } },
          ],
        },
      },
      { name: 'durable_writes', value: { kind: 'boolean', value: true } },
      { name: 'x', value: { kind: 'keyword', text: 'ALL' } },
    ],
    bindMarkers: [],
  });
});

test('CREATE TABLE with every part', () => {
  const text = `CREATE TABLE ks.t (
    a int, "B" text, c int, s int STATIC, m text MASKED WITH mask_inner(1, null), PRIMARY KEY ((a, "B"), c)
  ) WITH CLUSTERING ORDER BY (c DESC) AND COMPACT STORAGE AND comment = 'x' AND ID = 5a1c395e-b41f-11e5-9f22-ba0be0483c18`;
  expect(parse(text)).toEqual({
    kind: 'createTable',
    table: { keyspace: 'ks', name: 't' },
    ifNotExists: false,
    columns: [
      { name: { name: 'a' }, type: int, ...plain },
      { name: { name: 'B' }, type: { kind: 'native', name: 'text' }, ...plain },
      { name: { name: 'c' }, type: int, ...plain },
      { name: { name: 's' }, type: int, static: true, mask: null },
      {
        name: { name: 'm' },
        type: { kind: 'native', name: 'text' },
        static: false,
        mask: { function: { keyspace: null, name: 'mask_inner' }, args: [{ kind: 'integer', text: '1' }, { kind: 'null' }] },
      },
    ],
    primaryKeys: [{ inline: false, partitionKey: [{ name: 'a' }, { name: 'B' }], clustering: [{ name: 'c' }] }],
    compactStorage: {},
    clusteringOrder: [{ column: { name: 'c' }, direction: 'desc' }],
    properties: [
      { name: 'comment', value: { kind: 'string', value: 'x' } },
      { name: 'id', value: { kind: 'uuid', text: '5a1c395e-b41f-11e5-9f22-ba0be0483c18' } },
    ],
    bindMarkers: [],
  });
});

test('a primary key behind a column is a partition key of that column', () => {
  expect(parse('CREATE TABLE t (a int PRIMARY KEY, b int)')).toMatchObject({
    primaryKeys: [{ inline: true, partitionKey: [{ name: 'a' }], clustering: [] }],
  });
});

test('several primary keys are kept for the schema to refuse', () => {
  expect(parse('CREATE TABLE t (PRIMARY KEY (b), a int PRIMARY KEY, b int)')).toMatchObject({
    primaryKeys: [{ inline: true }, { inline: false }],
  });
});

test('words that are not reserved name tables and columns', () => {
  expect(
    parse('CREATE TABLE columnfamilies (key int PRIMARY KEY, frozen frozen<list<int>>, map map<int, int>, timestamp timestamp)'),
  ).toMatchObject({
    table: { name: 'columnfamilies' },
    columns: [
      { name: { name: 'key' } },
      { name: { name: 'frozen' } },
      { name: { name: 'map' } },
      { name: { name: 'timestamp' } },
    ],
  });
});

test.each([
  [
    'ADD a int STATIC',
    { kind: 'addColumns', ifNotExists: false, columns: [{ name: { name: 'a' }, type: int, static: true, mask: null }] },
  ],
  [
    'ADD IF NOT EXISTS (a int, b int)',
    { kind: 'addColumns', ifNotExists: true, columns: [{ name: { name: 'a' } }, { name: { name: 'b' } }] },
  ],
  [
    'DROP a USING TIMESTAMP 5',
    { kind: 'dropColumns', ifExists: false, columns: [{ name: 'a' }], timestamp: { kind: 'integer', text: '5' } },
  ],
  ['DROP IF EXISTS (a, b)', { kind: 'dropColumns', ifExists: true, columns: [{ name: 'a' }, { name: 'b' }], timestamp: null }],
  ['DROP compact', { kind: 'dropColumns', columns: [{ name: 'compact' }] }],
  ['DROP COMPACT STORAGE', { kind: 'dropCompactStorage' }],
  [
    'RENAME a TO b AND c TO d',
    {
      kind: 'renameColumns',
      renames: [
        { from: { name: 'a' }, to: { name: 'b' } },
        { from: { name: 'c' }, to: { name: 'd' } },
      ],
    },
  ],
  ['WITH comment = 1', { kind: 'alterProperties', properties: [{ name: 'comment' }] }],
  ['ALTER a TYPE int', { kind: 'alterColumnType', column: { name: 'a' }, type: int }],
  ['ALTER IF EXISTS a DROP MASKED', { kind: 'maskColumn', ifExists: true, mask: null }],
  ['ALTER a MASKED WITH DEFAULT', { kind: 'maskColumn', ifExists: false, mask: { function: null, args: [] } }],
])('ALTER TABLE %s', (text, action) => {
  expect(parse(`ALTER TABLE t ${text}`)).toMatchObject({ kind: 'alterTable', action });
});

test('types are created, altered and dropped', () => {
  expect(parse('CREATE TYPE ks.t (a int, b frozen<u>)')).toMatchObject({
    kind: 'createType',
    name: { keyspace: 'ks', name: 't' },
    fields: [
      { name: { name: 'a' }, type: int },
      { name: { name: 'b' }, type: { kind: 'frozen', inner: { kind: 'userType', name: { name: 'u' } } } },
    ],
  });
  expect(parse('ALTER TYPE t ADD IF NOT EXISTS a int')).toMatchObject({
    kind: 'alterType',
    action: { kind: 'addField', ifNotExists: true },
  });
  expect(parse('ALTER TYPE t RENAME a TO b')).toMatchObject({
    action: { kind: 'renameFields', renames: [{ from: { name: 'a' }, to: { name: 'b' } }] },
  });
  expect(parse('DROP TYPE IF EXISTS t')).toMatchObject({ kind: 'dropType', ifExists: true });
});

test('indexes are created and dropped', () => {
  expect(parse("CREATE INDEX i ON t (values(a), b) USING 'sai' WITH options = {'x': 'y'}")).toMatchObject({
    kind: 'createIndex',
    name: { name: 'i' },
    targets: [
      { kind: 'values', column: { name: 'a' } },
      { kind: 'simple', column: { name: 'b' } },
    ],
    using: 'sai',
    properties: [{ name: 'options' }],
  });
  expect(parse('CREATE INDEX ON t (values)')).toMatchObject({
    name: null,
    targets: [{ kind: 'simple', column: { name: 'values' } }],
  });
  expect(parse('DROP INDEX ks.i')).toMatchObject({ kind: 'dropIndex', name: { keyspace: 'ks', name: 'i' } });
});

test.each([
  ['CLUSTER', { kind: 'cluster' }],
  ['FULL SCHEMA', { kind: 'schema', full: true }],
  ['KEYSPACE', { kind: 'keyspace', only: false, keyspace: null }],
  ['ONLY KEYSPACE ks', { kind: 'keyspace', only: true, keyspace: { name: 'ks' } }],
  ['only', { kind: 'element', name: { keyspace: null, name: 'only' } }],
  ['TABLE ks.t', { kind: 'table', name: { keyspace: 'ks', name: 't' } }],
  ['MATERIALIZED VIEW v', { kind: 'materializedView', name: { name: 'v' } }],
  ['TYPE t', { kind: 'type', name: { name: 't' } }],
  ['type', { kind: 'element', name: { name: 'type' } }],
  ['ks.t', { kind: 'element', name: { keyspace: 'ks', name: 't' } }],
])('DESCRIBE %s', (text, target) => {
  expect(parse(`DESC ${text} WITH INTERNALS`)).toMatchObject({ kind: 'describe', target, withInternals: true });
});

test('a table prints one column a line', () => {
  expect(
    printStatement(parseStatement("create table T (a int primary key, b text static) with comment='x' and gc_grace_seconds = 1")),
  ).toBe("CREATE TABLE t (\n  a int PRIMARY KEY,\n  b text STATIC\n) WITH comment = 'x'\n  AND gc_grace_seconds = 1");
});
