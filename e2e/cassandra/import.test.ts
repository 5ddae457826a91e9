// What the real Cassandra wrote is imported, and SELECTs answer what Cassandra answers; what is exported again is loaded there again, changed
// there, and comes back.

import { openAsBlob } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { Database, ImportFile } from '@cassette/engine';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sameRows, selectRows } from '../../packages/engine/src/goldens/testing/select-rows.ts';
import { StandingStore } from '../../packages/engine/src/goldens/testing/standing-store.ts';
import { type Golden, goldenRows, listGoldens } from './goldens.ts';
import { type CassandraNode, Judge, type RowView } from './judge.ts';

const available = Judge.available();

let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'cassette-import-'));
});

afterAll(() => rm(scratch, { recursive: true, force: true }));

async function filesOf(folder: string): Promise<ImportFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    paths.map(async (path) => ({ name: relative(folder, path).replaceAll('\\', '/'), blob: await openAsBlob(path) })),
  );
}

async function exportTo(database: Database, dir: string, format: 'nb' | 'oa' | 'da'): Promise<void> {
  await mkdir(dir, { recursive: true });
  await database.exportTo(
    { format },
    {
      async add(file, _size, content) {
        await mkdir(dirname(join(dir, file)), { recursive: true });
        await writeFile(join(dir, file), Buffer.concat(Array.from(content, (chunk) => chunk.slice())));
      },
      finish: async () => 0,
    },
  );
}

async function expectRows(database: Database, golden: Golden): Promise<void> {
  const { now, tables } = goldenRows(golden);
  for (const [name, rows] of Object.entries(tables)) {
    const table = database.schema.tables.find((one) => String(one) === name)!;
    const own = await selectRows(database, table, now);
    expect(sameRows(own, rows), name).toEqual(rows);
  }
}

/** A store without a schema, where the clock stands as when the golden's rows were read. */
function emptyStore(golden: Golden): Promise<StandingStore> {
  return StandingStore.open('', goldenRows(golden).now);
}

describe.each(['nb', 'oa', 'da'] as const)('goldens of %s', (version) => {
  test.each(listGoldens(version))(
    '$name: the rows that Cassandra had; and again after an export and another import',
    async (golden) => {
      const store = await emptyStore(golden);
      const report = await store.database.import(await filesOf(golden.sstables), { schema: golden.finalSchemaCql });
      expect(report.tables.reduce((sum, { sstables }) => sum + sstables, 0)).toBeGreaterThan(0);
      await expectRows(store.database, golden);
      await store.reopen();
      await expectRows(store.database, golden);
      const dir = join(scratch, version, golden.name);
      if (version !== 'nb' && ['far_future', 'ttl_caps'].includes(golden.name)) {
        await expect(exportTo(store.database, dir, 'nb')).rejects.toThrow('nb cannot hold');
        await rm(dir, { recursive: true });
        await exportTo(store.database, dir, version);
      } else await exportTo(store.database, dir, 'nb');
      await store.database.compact();
      await expectRows(store.database, golden);
      await store.close();
      const second = await emptyStore(golden);
      await second.database.import(await filesOf(dir));
      await expectRows(second.database, golden);
      await second.close();
    },
  );
});

test('SSTables of one table in nb, oa and da, imported one after the other, are one table', async () => {
  for (const golden of listGoldens('nb').filter(({ name }) =>
    ['flushes', 'deletes', 'ttl', 'collections', 'statics'].includes(name),
  )) {
    const store = await emptyStore(golden);
    for (const version of ['nb', 'oa', 'da'] as const) {
      const same = listGoldens(version).find(({ name }) => name === golden.name)!;
      await store.database.import(await filesOf(same.sstables), { schema: golden.finalSchemaCql });
    }
    await expectRows(store.database, golden);
    await store.database.compact();
    await expectRows(store.database, golden);
    await store.close();
  }
});

describe.skipIf(!available.ok)(available.ok ? 'there and back' : `there and back: skipped, ${available.why}`, () => {
  let judge: Judge;
  let node: CassandraNode;

  beforeAll(async () => {
    judge = await Judge.start();
    node = await judge.startNode();
  });

  afterAll(() => judge?.stop());

  test.each(['nb', 'da'] as const)(
    'goldens, imported and exported in %s, are what Cassandra accepts and selects the same rows of',
    async (version) => {
      for (const golden of listGoldens(version)) {
        const store = await emptyStore(golden);
        await store.database.import(await filesOf(golden.sstables), { schema: golden.finalSchemaCql });
        const dir = join(scratch, `again-${version}`, golden.name);
        await exportTo(store.database, dir, version);
        await store.close();
        const { now, tables } = goldenRows(golden);
        const rows = await judge.rows({ schemaCql: golden.finalSchemaCql, dir, now });
        for (const [name, wanted] of Object.entries(tables))
          expect([golden.name, name, rows[name] ?? []]).toEqual([golden.name, name, wanted]);
      }
    },
  );

  test('what is changed in Cassandra comes back through an import; then again', async () => {
    const schema = `CREATE KEYSPACE r WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
      CREATE TYPE r.place (lat double, lon double);
      CREATE TABLE r.readings (sensor text, at int, site text static, v double, tags set<text>, m map<text, int>, p frozen<place>, l list<int>, PRIMARY KEY (sensor, at));
      CREATE TABLE r.hits (page text PRIMARY KEY, n counter);`;
    const store = await StandingStore.open(schema, Math.floor(Date.now() / 1000) - 3600);
    const { database } = store;
    const write = async (round: number) => {
      store.clock.seconds += 60;
      for (let i = 0; i < 30; i++) {
        await database.execute(
          `INSERT INTO r.readings (sensor, at, v, tags, p, l) VALUES ('s${i % 5}', ${i}, ${round}.5, {'d${round}', 'x'}, {lat: ${i}, lon: 1}, [${round}, ${i}])`,
        );
        await database.execute(
          `UPDATE r.readings SET m['d${round}'] = ${i}, site = 'device ${round}' WHERE sensor = 's${i % 5}' AND at = ${i}`,
        );
        await database.execute(`UPDATE r.hits SET n = n + ${i} WHERE page = 'p${i % 3}'`);
      }
      await database.execute(`DELETE FROM r.readings WHERE sensor = 's${round}' AND at > 20`);
    };
    const change = async (round: number) => {
      await node.cql(`UPDATE r.readings SET v = ${round}.25, tags = tags + {'c${round}'} WHERE sensor = 's4' AND at = 9;
        DELETE FROM r.readings WHERE sensor = 's3' AND at < ${5 + round * 5};
        DELETE m['d${round}'] FROM r.readings WHERE sensor = 's4' AND at = 14;
        UPDATE r.readings SET site = 'cluster ${round}' WHERE sensor = 's1';
        INSERT INTO r.readings (sensor, at, v) VALUES ('made in the cluster', ${round}, 1) USING TTL 80000;
        UPDATE r.readings SET l = l + [${round}00] WHERE sensor = 's0' AND at = 5;
        UPDATE r.hits SET n = n + 1000 WHERE page = 'p1';`);
      const { status, output } = await node.nodetool('flush', 'r');
      expect({ status, output }).toMatchObject({ status: 0 });
    };
    // TTLs that are left depend on when one looks.
    const comparable = (rows: readonly RowView[]) =>
      rows.map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([name, cell]) => {
            if (cell === null) return [name, null];
            const { hex: _hex, ttl: _ttl, ...rest } = cell;
            return [name, rest];
          }),
        ),
      );
    const both = async () => {
      for (const name of ['readings', 'hits']) {
        const theirs = comparable(await node.select('r', name));
        const table = database.schema.table('r', name)!;
        const ours = comparable(await selectRows(database, table, Math.floor(Date.now() / 1000)));
        expect(ours, name).toEqual(theirs);
        expect(ours.length).toBeGreaterThan(2);
      }
    };
    await node.cql(schema);
    for (let round = 1; round <= 2; round++) {
      await write(round);
      const dir = join(scratch, `round-${round}`);
      await exportTo(database, dir, round === 1 ? 'nb' : 'da');
      for (const name of ['readings', 'hits']) await node.import(dir, 'r', name);
      await both();
      await change(round);
      const theirs = join(scratch, `theirs-${round}`, 'r');
      // What it compacts meanwhile would go while it is copied: a snapshot stays.
      expect(await node.nodetool('snapshot', '-t', `round${round}`, 'r')).toMatchObject({ status: 0 });
      for (const folder of await readdir(join(node.data, 'r'))) {
        const snapshot = `snapshots/round${round}`;
        await cp(join(node.data, 'r', folder, snapshot), join(theirs, folder, snapshot), { recursive: true });
      }
      const report = await database.import(await filesOf(dirname(theirs)));
      expect(report.tables.map(({ table, schema: how }) => [table, how])).toEqual([
        ['hits', 'matched'],
        ['readings', 'matched'],
      ]);
      await both();
    }
    await database.compact();
    await both();
    await store.close();
  });
});
