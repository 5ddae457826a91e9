import type { KeyspaceInfo } from '@cassette/client';
import { expect, test } from 'vitest';
import { offersAt } from './complete-cql.ts';
import { isOpen } from './statement-words.ts';

const schema: KeyspaceInfo[] = [
  {
    name: 'lab',
    durableWrites: true,
    tables: [
      {
        keyspace: 'lab',
        name: 'readings',
        columns: [
          { name: 'sensor', type: 'text', kind: 'partition_key', descending: false },
          { name: 'at', type: 'timestamp', kind: 'clustering', descending: true },
          { name: 'Celsius', type: 'double', kind: 'regular', descending: false },
          { name: 'place', type: 'frozen<address>', kind: 'regular', descending: false },
        ],
      },
    ],
    types: [{ name: 'address', fields: [{ name: 'street', type: 'text' }] }],
  },
  { name: 'Other', durableWrites: true, tables: [{ keyspace: 'Other', name: 't', columns: [] }], types: [] },
];

/** Labels that are offered at `|`, but for keywords, functions and native types. */
function own(text: string, keyspace: string | null = null): string[] {
  const position = text.indexOf('|');
  const { offers } = offersAt(text.replace('|', ''), position, { schema, keyspace });
  return offers
    .filter(({ kind, detail }) => !/keyword|function|command/.test(kind) && (kind !== 'type' || detail !== undefined))
    .map(({ label }) => label);
}

const has = (text: string, label: string) =>
  offersAt(text.replace('|', ''), text.indexOf('|'), { schema, keyspace: null }).offers.some((offer) => offer.label === label);

const columns = ['sensor', 'at', '"Celsius"', 'place'];

test.each([
  ['SELECT * FROM |', ['lab.readings', '"Other".t', 'lab', '"Other"']],
  ['SELECT * FROM lab.|', ['readings']],
  ['SELECT * FROM "Other".|', ['t']],
  ['INSERT INTO lab.re|', ['readings']],
  ['SELECT | FROM lab.readings', columns],
  ['SELECT sensor FROM lab.readings WHERE se|', columns],
  ['UPDATE lab.readings SET |', columns],
  ['DELETE FROM lab.readings WHERE sensor = 1 AND |', columns],
  ['INSERT INTO lab.readings (sensor, |', ['at', '"Celsius"', 'place']],
  ['SELECT place.| FROM lab.readings', ['street']],
  ['USE |', ['lab', '"Other"']],
  ['DROP TYPE |', ['lab.address']],
  ['CREATE TABLE lab.n (k |', ['lab.address']],
  ['CREATE TABLE lab.n (k int, v list<frozen<|', ['lab.address']],
  ['CREATE TABLE lab.n (k int, v int, PRIMARY KEY (|', ['k', 'v']],
  ['COPY lab.readings (|', columns],
])('%s', (text, labels) => {
  expect(own(text)).toEqual(labels);
});

test('tables of the current keyspace go without it', () => {
  expect(own('SELECT * FROM |', 'lab')).toEqual(['readings', '"Other".t', 'lab', '"Other"']);
  expect(own('SELECT | FROM readings', 'lab')).toEqual(columns);
});

test('words that belong there are offered: options behind WITH, types in CREATE, functions, commands', () => {
  expect(has('CREATE TABLE t (k int PRIMARY KEY) WITH |', 'gc_grace_seconds')).toBe(true);
  expect(has("CREATE TABLE t (k int PRIMARY KEY) WITH comment = '' AND |", 'compaction')).toBe(true);
  expect(has('CREATE KEYSPACE k WITH |', 'replication')).toBe(true);
  expect(has("COPY t FROM 'x' WITH |", 'SKIPROWS')).toBe(true);
  expect(has("COPY t TO 'x' WITH |", 'SKIPROWS')).toBe(false);
  expect(has('ALTER TABLE t ADD v |', 'vector')).toBe(true);
  expect(has('SELECT CAST(a AS |', 'double')).toBe(true);
  expect(has('SELECT | FROM lab.readings', 'to_json')).toBe(true);
  expect(has('|', 'TRACING')).toBe(true);
  expect(has('tra|', 'TRACING')).toBe(true);
  expect(has('CONSISTENCY |', 'LOCAL_QUORUM')).toBe(true);
  expect(has('BEGIN |', 'UNLOGGED BATCH')).toBe(true);
  expect(has('SELECT a |', 'PER PARTITION LIMIT')).toBe(true);
});

test('in strings and comments nothing is offered', () => {
  expect(["SELECT 'a", '-- a', 'x /* a', '$$ a', "'it''", "'"].map(isOpen)).toEqual([true, true, true, true, true, true]);
  expect(["SELECT 'a' ", '-- a\n', 'x /* a */', '$$ a $$', "'it''s'", 'a'].map(isOpen)).toEqual([
    false,
    false,
    false,
    false,
    false,
    false,
  ]);
});
