// What each strategy does by itself, in Cassandra and in Cassette, with the same flushes: it chooses the same SSTables, and makes the same of
// them, every component byte by byte.

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  comparableFiles,
  dumpOf,
  generationsOf,
  type SSTablesOfStore,
  statisticsOf,
} from '../../packages/engine/src/goldens/testing/sstable-files.ts';
import { StandingStore } from '../../packages/engine/src/goldens/testing/standing-store.ts';
import { nb } from '../../packages/sstable/src/index.ts';
import { readSSTables } from './arbitrary/differences.ts';
import { compactionScript } from './compaction-scripts.ts';
import { parseScript } from './cql-script.ts';
import { Judge } from './judge.ts';

const available = Judge.available();

/** CASSETTE_SEED=<n> makes other statements. */
const seed = Number(process.env.CASSETTE_SEED ?? 1);

const keyspace = "CREATE KEYSPACE i WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};\nUSE i;\n";

const columns =
  'k int, c int, s int static, sm map<int, int> static, v int, w text, m map<int, text>, st set<int>, f frozen<list<int>>, PRIMARY KEY (k, c)';

/** Random statements, with more flushes than compactions, so that what is compacted has others beside it. */
function random(seed: number, statements: number, gcGraceSeconds: number): string {
  return compactionScript(seed, statements, gcGraceSeconds)
    .split('\n')
    .filter((line) => line !== '-- COMPACT')
    .map((line, i) => (i % 40 === 39 ? `${line}\n-- FLUSH\n-- BACKGROUND` : line))
    .join('\n');
}

/** Random statements that are compacted two by two beside SSTables that are many times larger. */
function beside(seed: number, gcGraceSeconds: number): string {
  const lines = random(seed, 420, gcGraceSeconds)
    .split('\n')
    .filter((line) => !line.startsWith('-- FLUSH') && !line.startsWith('-- BACKGROUND'));
  return lines.map((line, i) => (i < 250 || i % 12 !== 0 ? line : `${line}\n-- FLUSH\n-- BACKGROUND`)).join('\n');
}

const pairs = "'min_threshold': 2, 'min_sstable_size': 0, 'bucket_low': 0.6, 'bucket_high': 1.7";

/** By what must hold: options of a table, and what is done to it. */
const cases: Readonly<Record<string, { readonly compaction: string; readonly grace?: number; readonly script: string }>> = {
  'size-tiered, in pairs': { compaction: `{'class': 'SizeTieredCompactionStrategy', ${pairs}}`, script: random(seed, 500, 100) },
  'overlapping SSTables provide the deletions of rows': {
    compaction: `{'class': 'SizeTieredCompactionStrategy', ${pairs}, 'provide_overlapping_tombstones': 'row'}`,
    script: beside(seed + 1, 100),
  },
  'overlapping SSTables provide cells': {
    compaction: `{'class': 'SizeTieredCompactionStrategy', ${pairs}, 'provide_overlapping_tombstones': 'cell'}`,
    script: beside(seed + 2, 100),
  },
  'overlapping SSTables provide cells, gc_grace_seconds of 0': {
    compaction: `{'class': 'SizeTieredCompactionStrategy', ${pairs}, 'provide_overlapping_tombstones': 'CELL'}`,
    grace: 0,
    script: beside(seed + 3, 0),
  },
  'overlapping SSTables provide rows, where only what was repaired may be purged': {
    compaction: `{'class': 'SizeTieredCompactionStrategy', ${pairs}, 'provide_overlapping_tombstones': 'row', 'only_purge_repaired_tombstones': 'true'}`,
    script: beside(seed + 4, 100),
  },
};

const providing = /, 'provide_overlapping_tombstones': '(row|cell)'/i;

function jobOf(): { schemaCql: string; script: string } {
  const all = Object.values(cases);
  const tables = all.map(
    ({ compaction, grace = 100 }, i) =>
      `CREATE TABLE t${i} (${columns}) WITH CLUSTERING ORDER BY (c DESC) AND gc_grace_seconds = ${grace} AND compression = {'enabled': false} AND compaction = ${compaction};\n`,
  );
  const scripts = all.map(({ script }, i) =>
    script
      .replaceAll(/\b(INTO|FROM|UPDATE) t\b/g, `$1 t${i}`)
      .replaceAll('-- FLUSH', `-- FLUSH t${i}`)
      .replaceAll('-- BACKGROUND', `-- BACKGROUND t${i}`),
  );
  return {
    schemaCql: keyspace + tables.join(''),
    script: `USE i;\n${scripts.map((one) => `-- CLOCK 1700000000\n${one}\n`).join('')}`,
  };
}

describe.skipIf(!available.ok)(available.ok ? 'compactions in the background' : `skipped: ${available.why}`, () => {
  let judge: Judge;
  let scratch: string;
  let theirs: SSTablesOfStore;
  let ours: SSTablesOfStore;

  beforeAll(async () => {
    judge = await Judge.start();
    scratch = await mkdtemp(join(tmpdir(), 'cassette-background-'));
    const { schemaCql, script } = jobOf();
    const out = join(scratch, 'cassandra');
    await mkdir(out);
    await judge.generate({ schemaCql, script, out });
    theirs = await readSSTables(out, nb);
    const store = await StandingStore.open(schemaCql, 1_700_000_000);
    await store.run(parseScript(script));
    ours = await store.sstables();
  });

  test('overlapping SSTables make a difference', async () => {
    const { schemaCql, script } = jobOf();
    const store = await StandingStore.open(schemaCql.replaceAll(new RegExp(providing, 'gi'), ''), 1_700_000_000);
    await store.run(parseScript(script));
    const without = await store.sstables();
    const differ = Object.values(cases).map((_, i) => {
      const [own, other] = [ours, without].map((all) =>
        [...all.get(`i.t${i}`)!.values()].map((files) => dumpOf(files, 1_700_000_000)),
      );
      return own.join() !== other.join();
    });
    expect(differ).toEqual(
      Object.values(cases).map(({ compaction }) => providing.test(compaction) && !compaction.includes('repaired')),
    );
  });

  afterAll(async () => {
    await judge?.stop();
    await rm(scratch, { recursive: true, force: true });
  });

  test.each(Object.keys(cases).map((name, i) => ({ name, table: `i.t${i}` })))('$name', ({ table }) => {
    const [own, wanted] = [ours, theirs].map((all) => [...(all.get(table) ?? [])]);
    expect(
      own.map(([generation]) => generation),
      `SSTables: ${generationsOf(ours)} beside ${generationsOf(theirs)}`,
    ).toEqual(wanted.map(([generation]) => generation));
    wanted.forEach(([, files], i) => {
      const [, mine] = own[i];
      const node = statisticsOf(files);
      expect(dumpOf(mine, 1_700_000_000)).toBe(dumpOf(files, 1_700_000_000));
      const [a, b] = [comparableFiles(mine, node), comparableFiles(files, node)];
      for (const component of Object.keys(b)) expect(a[component], component).toBe(b[component]);
      expect(Object.keys(a)).toEqual(Object.keys(b));
    });
  });
});
