import { MemoryStorage } from '@cassette/storage';
import { FaultyStorage, seededRandom } from '@cassette/storage/testing';
import { expect, test } from 'vitest';
import { CatalogTransaction, isOfChanges } from '../catalog/index.ts';
import { Durability } from '../config/index.ts';
import { type Database, openDatabase } from '../database/index.ts';
import { TestScheduler } from '../testing/test-scheduler.ts';
import { decodeSegmentHeader, recordsIn, saltCrc, segmentNumber } from '../wal/index.ts';
import { type SchemaGap, salvage } from './index.ts';

const clock = { nowMicros: () => 1_700_000_000_000_000 };
const options = { clock, keyspace: 'ks', config: { compaction: { enabled: false } } };

async function contentOf(db: Database): Promise<string[]> {
  const found: string[] = [];
  for (const { keyspace, name } of db.schema.tables) {
    found.push(name);
    for (const row of await db.execute(`SELECT JSON * FROM ${keyspace}.${name}`)) found.push(`${name}: ${row['[json]']}`);
  }
  return found.sort();
}

/** What there is after these statements; and what salvage gets where then the catalog is lost. */
async function withoutCatalog(
  statements: readonly string[],
  damage: (storage: FaultyStorage) => void = () => undefined,
): Promise<{ readonly before: string[]; readonly got: string[]; readonly gaps: readonly SchemaGap[] }> {
  const storage = new FaultyStorage({ random: seededRandom(1) });
  const db = await openDatabase({ storage, ...options, scheduler: new TestScheduler() });
  for (const statement of statements) {
    if (statement === 'flush') await db.flush();
    else await db.execute(statement);
  }
  const before = await contentOf(db);
  await db.close();
  damage(storage);
  await storage.acquire();
  const keys = [...(await storage.catalog.load())].map(([key]) => key);
  await storage.catalog.commit(new CatalogTransaction().delete(...keys).changes);
  await storage.close();
  const target = await openDatabase({ storage: new MemoryStorage(), ...options, durability: Durability.Disabled });
  await storage.acquire();
  const { schemaGaps: gaps } = await salvage(storage, target.engine);
  await storage.close();
  const got = await contentOf(target);
  await target.close();
  return { before, got, gaps };
}

const CREATE_T = 'CREATE TABLE t (k int PRIMARY KEY, v text)';
const CREATE_O = 'CREATE TABLE o (k int PRIMARY KEY, v text)';
const WRITE_T = [0, 1, 2].map((k) => `INSERT INTO t (k, v) VALUES (${k}, 'x')`);
const WRITE_O = "INSERT INTO o (k, v) VALUES (1, 'y')";

test.each([
  ['tables that were made after the next segment was', [CREATE_O, 'TRUNCATE o', CREATE_T, ...WRITE_T]],
  ['a table that is empty', [CREATE_T, ...WRITE_T, CREATE_O]],
  ['a table that was dropped, with no write after that', [CREATE_T, CREATE_O, ...WRITE_T, WRITE_O, 'DROP TABLE t']],
  ['the last table, dropped', [CREATE_T, ...WRITE_T, 'DROP TABLE t']],
  ['a table that was dropped and made again', [CREATE_T, ...WRITE_T, CREATE_O, 'DROP TABLE t', CREATE_T]],
  ['a column that was added, with no write after that', [CREATE_T, ...WRITE_T, 'ALTER TABLE t ADD w int']],
  ['a table that was truncated, with no write after that', [CREATE_T, CREATE_O, ...WRITE_T, WRITE_O, 'TRUNCATE t']],
  ['one that was truncated twice', [CREATE_T, ...WRITE_T, 'TRUNCATE t', 'TRUNCATE t', CREATE_O, WRITE_O]],
  [
    'one that was truncated, of a kept log',
    [`${CREATE_T} WITH cdc = true`, CREATE_O, ...WRITE_T, 'TRUNCATE t', WRITE_O, 'flush', WRITE_O],
  ],
])('without a catalog salvage goes by what was last: %s', async (_, statements) => {
  const { before, got, gaps } = await withoutCatalog(statements);
  expect(got).toEqual(before);
  expect(gaps).toEqual([]);
});

/**
 * Turns a bit in each description of that kind in segments that are still needed; `which`: of those of a segment. Tells in how many.
 */
function damageDescriptions(storage: FaultyStorage, ofChanges: boolean, which = (_: number) => true): number {
  let damaged = 0;
  for (const name of storage.names.filter((one) => segmentNumber(one) !== null)) {
    const content = storage.contentOf(name);
    const { descriptions } = recordsIn(content, saltCrc(decodeSegmentHeader(content)!.salt));
    let number = 0;
    for (let i = 0; i < descriptions.length; i += 2) {
      if (isOfChanges(content.subarray(descriptions[i], descriptions[i + 1])) !== ofChanges || !which(number++)) continue;
      storage.flipBit(name, descriptions[i] + 5, 3);
      damaged++;
    }
  }
  return damaged;
}

test.each([
  ['the whole one that a segment begins with is damaged: changes go on from the segment before it', false],
  ['changes are damaged: all but what they tell is known', true],
])('without a catalog and some descriptions: %s', async (_, ofChanges) => {
  const statements = [
    `${CREATE_T} WITH cdc = true`,
    CREATE_O,
    ...WRITE_T,
    'flush',
    WRITE_O,
    'CREATE TABLE p (k int PRIMARY KEY)',
  ];
  let damaged = 0;
  const { before, got, gaps } = await withoutCatalog(statements, (storage) => {
    damaged = damageDescriptions(storage, ofChanges);
  });
  expect(gaps.map(({ reason }) => reason)).toEqual(ofChanges ? [expect.stringContaining('behind the last description')] : []);
  expect(damaged).toBeGreaterThan(0);
  expect(before).toContain('p');
  expect(got).toEqual(before.filter((text) => text !== 'p' || !ofChanges));
});

test('without a catalog, changes of the schema that are missing among others are told, with where the next are', async () => {
  // So large that no change comes to the size of all.
  const columns = Array.from({ length: 60 }, (_, i) => `column_${i} text`);
  const wide = `CREATE TABLE wide (k int PRIMARY KEY, ${columns.join(', ')})`;
  const statements = [wide, CREATE_T, ...WRITE_T, CREATE_O, WRITE_O, 'CREATE TABLE p (k int PRIMARY KEY)'];
  const { before, got, gaps } = await withoutCatalog(statements, (storage) => {
    const second = (number: number) => number === 1;
    expect(damageDescriptions(storage, true, second)).toBeGreaterThan(0);
  });
  expect(before).toContain('o');
  expect(got).toEqual(before.filter((text) => !text.startsWith('o')));
  expect(gaps).toEqual([
    {
      file: expect.stringMatching(/^wal-/),
      position: expect.any(Number),
      reason: expect.stringContaining('before these are missing'),
    },
  ]);
});

test.each([false, true])(
  'of logs of two lives that count alike the one that was written last tells the schema, whatever its name: %s',
  async (isFirst) => {
    const [older, newer] = ['t', 'u'].map((name) => ({ name, storage: new FaultyStorage({ random: seededRandom(1) }) }));
    const source = new FaultyStorage({ random: seededRandom(2) });
    await source.acquire();
    for (const [i, { name, storage }] of [older, newer].entries()) {
      const later = { nowMicros: () => 1_700_000_000_000_000 + i * 1_000_000 };
      const db = await openDatabase({ storage, ...options, clock: later, scheduler: new TestScheduler() });
      await db.execute(`CREATE TABLE ${name} (k int PRIMARY KEY)`);
      await db.execute(`INSERT INTO ${name} (k) VALUES (1)`);
      await db.close();
      for (const file of storage.names.filter((one) => segmentNumber(one) !== null)) {
        const copy = await source.open(`aside-${(i === 0) === isFirst ? 1 : 2}-${file}`, { create: true });
        copy.write(storage.contentOf(file), 0);
        copy.flush();
        copy.close();
      }
    }
    const target = await openDatabase({ storage: new MemoryStorage(), ...options, durability: Durability.Disabled });
    const { describedBy, schemaGaps } = await salvage(source, target.engine);
    expect([describedBy?.startsWith(`aside-${isFirst ? 2 : 1}-`), schemaGaps]).toEqual([true, []]);
    expect(target.schema.tables.map(({ name }) => name)).toEqual(['u']);
    await target.close();
  },
);
