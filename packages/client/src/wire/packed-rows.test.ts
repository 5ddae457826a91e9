import { ByteReader, ByteWriter } from '@cassette/bytes';
import { type Database, openDatabase } from '@cassette/engine';
import { MemoryStorage } from '@cassette/storage';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packValue, unpackItems } from './pack.ts';
import { packedRows } from './packed-rows.ts';

const columns = ['a text', 'b blob', 'd double', 't timestamp', 'i int', 'l frozen<list<text>>', 's ascii', 'f float'];
const insert = 'INSERT INTO k.t (p, c, a, b, d, t, i, l, s, f) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';

async function open(): Promise<Database> {
  return openDatabase({
    storage: new MemoryStorage(),
    schema: `CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
      CREATE TABLE k.t (p text, c timestamp, ${columns.join(', ')}, PRIMARY KEY (p, c))`,
    clock: { nowMicros: () => 1_700_000_000_000_000 },
  });
}

/** Rows as they travel. */
function packed(rows: readonly unknown[]): ByteReader {
  const out = new ByteWriter(256);
  packValue(rows, out);
  return new ByteReader(out.toBytes(), 'parameters');
}

/** What of `rows` is in the table, or why not. */
async function written(rows: Iterable<unknown>): Promise<unknown> {
  const database = await open();
  try {
    const error = await database.executeMany(insert, rows as Iterable<unknown[]>, { firstTimestamp: 5 }).then(
      () => null,
      (thrown: Error & { data?: unknown }) => [thrown.name, thrown.message, thrown.data],
    );
    const { rows: read } = await database.execute('SELECT p, c, a, b, d, t, i, l, s, f, writetime(a) AS wa FROM k.t');
    return [error, read.map((row) => row.values())];
  } finally {
    await database.close();
  }
}

async function typesOf(): Promise<readonly import('@cassette/cql').CqlType[]> {
  const database = await open();
  const types = database.prepare(insert).markers.map(({ type }) => type);
  await database.close();
  return types;
}

const anything = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  { weight: 3, arbitrary: fc.uint8Array({ maxLength: 20 }) },
  { weight: 3, arbitrary: fc.double() },
  { weight: 3, arbitrary: fc.date({ noInvalidDate: false }) },
  fc.integer(),
  fc.constantFrom(null, undefined, true, '\ud800', '', 5n, NaN, -0),
  fc.array(fc.string(), { maxLength: 3 }),
);
const value = (right: fc.Arbitrary<unknown>) => fc.oneof({ weight: 20, arbitrary: right }, anything);
const row = fc.tuple(
  value(fc.constantFrom('p', 'q', 'longer than that')),
  value(fc.date({ min: new Date(-1000), max: new Date(1000), noInvalidDate: true })),
  value(fc.string({ unit: 'grapheme', maxLength: 60 })),
  value(fc.uint8Array({ maxLength: 80 })),
  value(fc.double()),
  value(fc.date({ noInvalidDate: true })),
  value(fc.integer()),
  value(fc.array(fc.string({ maxLength: 3 }), { maxLength: 3 })),
  value(fc.constant('plain')),
  value(fc.integer({ min: -9, max: 9 })),
);

test('rows that are shown where they lie become what rows become that are unpacked, errors included', async () => {
  const types = await typesOf();
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 4 }), async (rows) => {
      expect(await written(packedRows(packed(rows), types))).toEqual(await written(unpackItems(packed(rows))));
    }),
    { numRuns: 60 },
  );
});

test('rows of other forms are unpacked: by name, too short, too long', async () => {
  const types = await typesOf();
  const named = { p: 'p', c: new Date(5), a: 'x', b: null, d: 1.5, t: null, i: 1, l: ['y'], s: 's', f: 2 };
  const full = Object.values(named);
  for (const rows of [[named, full], [full, full.slice(1)], [full, [...full, 1]], [[]], []]) {
    expect(await written(packedRows(packed(rows), types))).toEqual(await written(unpackItems(packed(rows))));
  }
});

test('bytes that end too soon are told', async () => {
  const types = await typesOf();
  const out = new ByteWriter(64);
  packValue([['p', new Date(0), 'text', Uint8Array.of(1, 2), 1.5, null, null, null, null, null]], out);
  const bytes = out.toBytes();
  for (let end = 0; end < bytes.length; end++) {
    expect(() => [...packedRows(new ByteReader(bytes.subarray(0, end), 'parameters'), types)]).toThrow();
  }
});
