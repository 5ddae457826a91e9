// Counters that stores counted, in the real Cassandra: their exports pass its extended verification, are imported, and add up with those of
// other stores and with what its own nodes count.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Database, openDatabase } from '@cassette/engine';
import { MemoryStorage } from '@cassette/storage';
import { seededRandom } from '@cassette/storage/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { comparableFiles, dumpOf, statisticsOf } from '../../packages/engine/src/goldens/testing/sstable-files.ts';
import { supportedVersions } from '../../packages/sstable/src/index.ts';
import { adoptedStore } from './arbitrary/adopted-store.ts';
import { readSSTables } from './arbitrary/differences.ts';
import { Judge } from './judge.ts';

const available = Judge.available();

const keyspaceCql = "CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};\n";
const schemaCql = `${keyspaceCql}CREATE TABLE k.visits (site text, day int, total counter static, n counter, m counter, PRIMARY KEY (site, day));\n`;

/** Sums by site and day: n and the total of the site; m is not counted where it is null. */
type Sums = Map<string, bigint>;

function add(sums: Sums, name: string, by: bigint): void {
  sums.set(name, (sums.get(name) ?? 0n) + by);
}

/** Random increments, flushes and compactions; what they come to is added to `sums`. */
async function count(database: Database, random: () => number, statements: number, sums: Sums): Promise<void> {
  const below = (bound: number) => Math.floor(random() * bound);
  const increments: Promise<unknown>[] = [];
  for (let i = 0; i < statements; i++) {
    const [site, day, by] = [`s${below(4)}`, below(6), BigInt(below(2000) - 1000)];
    const column = random() < 0.3 ? 'm' : 'n';
    increments.push(
      database.execute(`UPDATE k.visits SET total += ?, ${column} += ? WHERE site = ? AND day = ?`, [by, by, site, day]),
    );
    add(sums, `${site} total`, by);
    add(sums, `${site} ${day} ${column}`, by);
    if (random() < 0.05) {
      await Promise.all(increments.splice(0));
      if (random() < 0.7) await database.flush();
      else await database.compact();
    }
  }
  await Promise.all(increments);
}

function sumsOf(rows: readonly { readonly [name: string]: unknown }[]): Record<string, bigint> {
  const sums: Sums = new Map();
  for (const { site, day, total, n, m } of rows) {
    sums.set(`${site} total`, BigInt(String(total)));
    if (n !== null) sums.set(`${site} ${day} n`, BigInt(String(n)));
    if (m !== null) sums.set(`${site} ${day} m`, BigInt(String(m)));
  }
  return sorted(sums);
}

function sorted(...all: readonly Sums[]): Record<string, bigint> {
  const together: Sums = new Map();
  for (const sums of all) for (const [name, sum] of sums) add(together, name, sum);
  return Object.fromEntries([...together].sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function answered(database: Database): Promise<Record<string, bigint>> {
  const { rows } = await database.execute('SELECT site, day, total, n, m FROM k.visits');
  return sumsOf(rows.map((row) => ({ ...row })));
}

describe.skipIf(!available.ok)(available.ok ? 'counters' : `counters: skipped, ${available.why}`, () => {
  let judge: Judge;
  let scratch: string;

  beforeAll(async () => {
    judge = await Judge.start();
    scratch = await mkdtemp(join(tmpdir(), 'cassette-counters-'));
  });

  afterAll(async () => {
    await judge?.stop();
    await rm(scratch, { recursive: true, force: true });
  });

  function open(seed: number): Promise<Database> {
    const storage = new MemoryStorage();
    return openDatabase({ storage, schema: schemaCql, random: seededRandom(seed), config: { compaction: { enabled: false } } });
  }

  async function exported(database: Database, name: string, format: 'nb' | 'oa' | 'da', compact: boolean): Promise<string> {
    const dir = join(scratch, name);
    await mkdir(dir, { recursive: true });
    const target = {
      async add(file: string, _size: number, content: Iterable<Uint8Array>) {
        await mkdir(dirname(join(dir, file)), { recursive: true });
        await writeFile(join(dir, file), Buffer.concat(Array.from(content, (chunk) => chunk.slice())));
      },
      finish: async () => 0,
    };
    await database.exportTo({ format, compact }, target);
    return dir;
  }

  test.each(['nb', 'oa', 'da'] as const)(
    '%s of a store that counted is verified, and answers what the store answers',
    async (format) => {
      const database = await open(5);
      const sums: Sums = new Map();
      await count(database, seededRandom(6), 400, sums);
      expect(await answered(database)).toEqual(sorted(sums));
      for (const compact of [true, false]) {
        const dir = await exported(database, `${format}-${compact}`, format, compact);
        const verdicts = await judge.verify({ schemaCql, dir });
        expect(verdicts.length).toBeGreaterThan(0);
        for (const { errors, warnings } of verdicts) expect([...errors, ...warnings]).toEqual([]);
        for (const metadata of await judge.metadata(dir)) expect(metadata['hasLegacyCounterShards']).toBe(false);
        const rows = await judge.rows({ schemaCql, dir, version: format === 'oa' ? 'oa' : 'nb' });
        const cell = (value: unknown) => (value === null ? null : JSON.parse((value as { json: string }).json));
        const view = rows['k.visits'].map((row) =>
          Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cell(value)])),
        );
        expect(sumsOf(view)).toEqual(sorted(sums));
      }
      await database.close();
    },
  );

  test('Cassandra dumps what a store counted as Cassette does', async () => {
    const database = await open(8);
    await count(database, seededRandom(9), 100, new Map());
    await database.execute("DELETE n FROM k.visits WHERE site = 's1' AND day = 2");
    await database.execute("DELETE FROM k.visits WHERE site = 's2'");
    for (const format of ['nb', 'oa', 'da'] as const) {
      const version = supportedVersions.get(format)!;
      const dir = await exported(database, `dump-${format}`, format, false);
      const now = 1_900_000_000;
      const files = [...((await readSSTables(dir, version)).get('k.visits') ?? [])];
      const theirs = await judge.dump({ dir, now });
      expect(theirs.map(({ json }) => JSON.parse(json))).toEqual(files.map(([, one]) => JSON.parse(dumpOf(one, now, version))));
    }
    await database.close();
  });

  // Which microsecond of a second a statement gets depends on what else the node did in it: a script is run again until each was the first.
  async function generatedAtWholeSeconds(schema: string, script: string, name: string) {
    const nb = supportedVersions.get('nb')!;
    for (let attempt = 0; attempt < 20; attempt++) {
      const out = join(scratch, `${name}-${attempt}`);
      await judge.generate({ schemaCql: schema, script, out });
      const sstables = (await readSSTables(out, nb)).get('k.visits') ?? new Map();
      const times = [...sstables.values()].flatMap(
        (files) => dumpOf(files, 0, nb).match(/"(tstamp|marked_deleted)" ?: ?"\d+"/g) ?? [],
      );
      expect(times.length).toBeGreaterThan(20);
      if (times.every((time) => time.endsWith('000000"'))) return sstables;
    }
    throw new Error('the node did something else in each second');
  }

  test('counters of Cassandra are compacted into what Cassandra compacts them into, byte by byte', async () => {
    const random = seededRandom(12);
    const below = (bound: number) => Math.floor(random() * bound);
    const statement = () => {
      const where = `site = 's${below(3)}' AND day = ${below(8)}`;
      if (random() < 0.04) return `DELETE n FROM visits WHERE ${where};`;
      if (random() < 0.04) return `DELETE FROM visits WHERE ${where};`;
      return `UPDATE visits SET ${random() < 0.3 ? 'total' : 'n'} += ${below(100) - 30}, m -= 1 WHERE ${where};`;
    };
    // Each at a time of its own, which counters can't be told.
    const steps = Array.from(
      { length: 200 },
      (_, i) => `${i % 37 === 36 ? '-- FLUSH\n' : ''}-- CLOCK ${1_700_000_000 + i}\n${statement()}`,
    ).join('\n');
    const script = (end: string) => `${steps}\n${end}`;
    const nb = supportedVersions.get('nb')!;
    const schema = schemaCql.replace('k.visits', 'visits').replace(';\n', ';\nUSE k;\n');
    const [wanted] = (await generatedAtWholeSeconds(schema, script('-- COMPACT'), 'compacted')).values();
    const flushed = await generatedAtWholeSeconds(schema, script('-- FLUSH'), 'flushed');
    expect(flushed.size).toBe(6);
    const before = new Map([['k.visits', flushed]]);

    const database = await adoptedStore(schema, before, nb, 1_700_000_200);
    await database.compact('k.visits');
    const [own] = [
      ...((await readSSTables(await exported(database, 'own', 'nb', false), nb)).get('k.visits') ?? new Map()).values(),
    ];
    await database.close();
    expect(JSON.parse(dumpOf(own, 0, nb))).toEqual(JSON.parse(dumpOf(wanted, 0, nb)));
    const statistics = statisticsOf(wanted, nb);
    expect(comparableFiles(own, statistics, nb)).toEqual(comparableFiles(wanted, statistics, nb));
  });

  test('what two stores and the node counted adds up in one table, however often a store is exported', async () => {
    const node = await judge.startNode();
    await node.cql(schemaCql);
    const [first, second] = [await open(1), await open(2)];
    const [ofFirst, ofSecond, ofNode]: Sums[] = [new Map(), new Map(), new Map()];
    const selected = async () => {
      const { rows } = await node.client().execute('SELECT site, day, total, n, m FROM k.visits');
      return sumsOf(rows.map(({ site, day, total, n, m }) => ({ site, day, total, n, m })));
    };
    expect(await first.engine.counterId()).not.toEqual(await second.engine.counterId());

    await count(first, seededRandom(3), 200, ofFirst);
    await count(second, seededRandom(4), 200, ofSecond);
    await node.cql("UPDATE k.visits SET total += 7, n += 7 WHERE site = 's1' AND day = 1;");
    add(ofNode, 's1 total', 7n);
    add(ofNode, 's1 1 n', 7n);
    await node.import(await exported(first, 'first', 'nb', false), 'k', 'visits');
    await node.import(await exported(second, 'second', 'da', true), 'k', 'visits');
    expect(await selected()).toEqual(sorted(ofFirst, ofSecond, ofNode));

    // The same store later on, and the node too: each counts on, and nothing is counted twice.
    await count(first, seededRandom(5), 200, ofFirst);
    await node.cql("UPDATE k.visits SET total -= 9, n -= 9 WHERE site = 's1' AND day = 1;");
    add(ofNode, 's1 total', -9n);
    add(ofNode, 's1 1 n', -9n);
    await node.import(await exported(first, 'first-again', 'nb', true), 'k', 'visits');
    expect(await selected()).toEqual(sorted(ofFirst, ofSecond, ofNode));
    await node.nodetool('compact', 'k', 'visits');
    expect(await selected()).toEqual(sorted(ofFirst, ofSecond, ofNode));
    await Promise.all([first.close(), second.close(), node.stop()]);
  });
});
