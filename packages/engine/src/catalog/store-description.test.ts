import { schemaToJson } from '@cassette/cql';
import { MemoryStorage } from '@cassette/storage';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openDatabase } from '../database/index.ts';
import { DescribedStore, decodeDescriptions, hashTold, isOfChanges, type StoreDescription } from './index.ts';

const statements = [
  'CREATE TYPE a (x int)',
  'CREATE TYPE b (x frozen<a>, y text)',
  'ALTER TYPE a ADD z int',
  'DROP TYPE b',
  'CREATE TABLE t (k int PRIMARY KEY, v text)',
  'CREATE TABLE u (k int PRIMARY KEY, v frozen<b>, w list<frozen<a>>)',
  'ALTER TABLE t ADD w int',
  'ALTER TABLE t DROP w',
  "ALTER TABLE u WITH comment = 'other'",
  'DROP TABLE t',
  'DROP TABLE u',
  "CREATE KEYSPACE l WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
  "ALTER KEYSPACE l WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 3} AND durable_writes = false",
  'CREATE TABLE l.t (k int, c int, PRIMARY KEY (k, c))',
  'DROP KEYSPACE l',
];

/** Regardless of the order in which things were made. */
function comparable({ schema, truncated }: StoreDescription): unknown {
  const { keyspaces } = schemaToJson(schema);
  const sorted = (things: readonly { readonly name: string }[]) => [...things].sort((x, y) => (x.name < y.name ? -1 : 1));
  const parts = keyspaces.map((one) => ({ ...one, types: [...one.types].sort(), tables: sorted(one.tables) }));
  return [sorted(parts), [...truncated].sort()];
}

test('a whole description and the changes behind it come to what the store is, whatever changed and however often it was told', async () => {
  const steps = fc.array(fc.record({ statement: fc.nat(statements.length - 1), isTold: fc.boolean(), truncated: fc.nat(3) }), {
    minLength: 20,
    maxLength: 60,
  });
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(steps, fc.nat(5), async (changes, wholeAt) => {
      const db = await openDatabase({ storage: new MemoryStorage(), keyspace: 'ks' });
      const truncated = new Map<string, number>();
      const told = [new DescribedStore({ schema: db.schema, truncated })];
      for (const { statement, isTold, truncated: number } of changes) {
        const text = statements[statement];
        // What can't be at this moment changes nothing.
        const isDone = await db.execute(text).then(
          () => true,
          () => false,
        );
        if (isDone) seen.add(text);
        if (number > 1) truncated.set(`table${number}`, truncated.size + number);
        else truncated.delete(`table${number + 2}`);
        if (isTold) told.push(new DescribedStore({ schema: db.schema, truncated }));
      }
      await db.close();
      const from = Math.min(wholeAt, told.length - 1);
      const pieces = told.slice(from).map((one, i) => (i === 0 ? one.whole() : one.since(told[from + i - 1])));
      const folded = decodeDescriptions(pieces, 'file');
      expect(pieces.map(isOfChanges)).toEqual(pieces.map((_, i) => i > 0));
      expect(comparable(folded.description)).toEqual(comparable(told[told.length - 1]));
      expect(folded.gaps).toEqual([]);
      expect(hashTold(pieces[pieces.length - 1], 'file')).toBe(told[told.length - 1].hash);
    }),
    { numRuns: 100, seed: 11 },
  );
  expect(statements.filter((text) => !seen.has(text))).toEqual([]);
});

test('changes of one table tell nothing of others, and what is no description is refused', async () => {
  const db = await openDatabase({ storage: new MemoryStorage(), keyspace: 'ks' });
  await db.execute('CREATE TABLE other (k int PRIMARY KEY)');
  const before = new DescribedStore({ schema: db.schema, truncated: new Map() });
  await db.execute('CREATE TABLE t (k int PRIMARY KEY)');
  const after = new DescribedStore({ schema: db.schema, truncated: new Map() });
  await db.close();
  const text = new TextDecoder().decode(after.since(before));
  expect([text.includes('"t"'), text.includes('other')]).toEqual([true, false]);
  const changes = after.since(before);
  for (const pieces of [[], [changes], [before.whole(), new Uint8Array([1, 2])], [new Uint8Array([1])]]) {
    expect(() => decodeDescriptions(pieces, 'file')).toThrow(expect.objectContaining({ code: 'CORRUPTION' }));
  }
});

test('a record of changes that is missing among others is noticed, once, and what two segments both have is not', async () => {
  const db = await openDatabase({ storage: new MemoryStorage(), keyspace: 'ks' });
  const told: DescribedStore[] = [new DescribedStore({ schema: db.schema, truncated: new Map() })];
  for (const name of ['a', 'b', 'c', 'd']) {
    await db.execute(`CREATE TABLE ${name} (k int PRIMARY KEY)`);
    told.push(new DescribedStore({ schema: db.schema, truncated: new Map() }));
  }
  await db.close();
  const whole = told[0].whole();
  const [a, b, c, d] = told.slice(1).map((one, i) => one.since(told[i]));
  const outcome = (pieces: readonly Uint8Array[]) => {
    const { description, gaps } = decodeDescriptions(pieces, 'file');
    return [
      description.schema.tables
        .map(({ name }) => name)
        .sort()
        .join(''),
      ...gaps,
    ];
  };
  expect(outcome([whole, a, b, c, d])).toEqual(['abcd']);
  expect(outcome([whole, a, c, d])).toEqual(['acd', 2]);
  expect(outcome([whole, b, d])).toEqual(['bd', 1, 2]);
  expect(outcome([told[2].whole(), b, c, d])).toEqual(['abcd']);
  expect(outcome([whole, a, b, c, b, c, d])).toEqual(['abcd']);
  expect(outcome([told[3].whole(), a, b, c])).toEqual(['abc']);
  // Version 3 of the log did not tell what changes go on from: none is missed in it.
  const [oldA, oldB] = [a, b].map((piece) => {
    const { before: _before, after: _after, ...rest } = JSON.parse(new TextDecoder().decode(piece.subarray(1)));
    return new Uint8Array([1, ...new TextEncoder().encode(JSON.stringify(rest))]);
  });
  expect(outcome([whole, oldA, oldB])).toEqual(['ab']);
  expect(outcome([whole, oldA, oldB, c, d])).toEqual(['abcd']);
  expect(outcome([whole, oldA, oldB, d])).toEqual(['abd', 3]);
  expect(hashTold(oldB, 'file')).toBe(null);
});
