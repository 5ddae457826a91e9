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
  type SSTableFiles,
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

/** About 1.5 MiB a flush, in partitions that follow one another or overlap. */
function large(flushes: number): string[] {
  return Array.from({ length: flushes }, (_, flush) =>
    Array.from({ length: 250 }, (_, k) => {
      const text = String.fromCharCode(97 + ((k + flush) % 26)).repeat(6000);
      return `INSERT INTO t (k, c, v, w) VALUES (${k * (1 + (flush % 3))}, ${flush}, ${k}, '${text}') USING TIMESTAMP ${1000 * flush + k};`;
    }).join('\n'),
  );
}

/** Small flushes, so many in each of so many minutes. */
function minutes(count: number, flushes: number): string {
  const lines: string[] = [];
  for (let minute = 0; minute < count; minute++) {
    for (let flush = 0; flush < flushes; flush++) {
      const seconds = 1_700_000_040 + minute * 60 + flush * 5;
      lines.push(`-- CLOCK ${seconds}`);
      for (let k = 0; k < 6; k++)
        lines.push(
          `INSERT INTO t (k, c, v) VALUES (${k}, ${minute}, ${flush}) USING TIMESTAMP ${seconds}00000${k} AND TTL ${k === 0 ? 5000 : 90};`,
        );
      lines.push('-- FLUSH', '-- BACKGROUND');
    }
  }
  return [...lines, '-- CLOCK 1700001500', '-- BACKGROUND'].join('\n');
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
  'leveled, a level that is too full gives an SSTable to the next': {
    compaction: "{'class': 'LeveledCompactionStrategy', 'sstable_size_in_mb': 1, 'fanout_size': 2}",
    script: [...large(2), '-- COMPACT', '-- BACKGROUND'].join('\n-- FLUSH\n'),
  },
  'leveled, where one that overlaps nothing only takes its number': {
    compaction:
      "{'class': 'LeveledCompactionStrategy', 'sstable_size_in_mb': 1, 'fanout_size': 2, 'single_sstable_uplevel': 'true'}",
    script: [...large(2), '-- COMPACT', '-- BACKGROUND'].join('\n-- FLUSH\n'),
  },
  'leveled, from level 0 on': {
    compaction:
      "{'class': 'LeveledCompactionStrategy', 'sstable_size_in_mb': 1, 'fanout_size': 3, 'single_sstable_uplevel': 'true'}",
    script: large(6)
      .map((one) => `${one}\n-- FLUSH\n-- BACKGROUND`)
      .join('\n'),
  },
  'time windows, each to one, and what has expired goes': {
    compaction:
      "{'class': 'TimeWindowCompactionStrategy', 'compaction_window_unit': 'MINUTES', 'compaction_window_size': 2, 'expired_sstable_check_frequency_seconds': 0}",
    script: minutes(7, 3),
  },
  'unified, tiered': {
    compaction: "{'class': 'UnifiedCompactionStrategy', 'scaling_parameters': 'T2'}",
    script: random(seed + 5, 400, 100),
  },
  'unified, leveled, and as many at a time as it may': {
    compaction: "{'class': 'UnifiedCompactionStrategy', 'scaling_parameters': 'L3, N', 'max_sstables_to_compact': 3}",
    script: random(seed + 6, 400, 100),
  },
  // Of groups that overlap alike a node draws one, so of what is split nothing is compacted.
  'unified, flushes split at shards': {
    compaction:
      "{'class': 'UnifiedCompactionStrategy', 'scaling_parameters': 'T32', 'min_sstable_size': '0B', 'base_shard_count': 4}",
    script: random(seed + 7, 400, 100),
  },
  'unified, flushes split as their size was measured': {
    compaction:
      "{'class': 'UnifiedCompactionStrategy', 'scaling_parameters': 'T32', 'min_sstable_size': '500KiB', 'target_sstable_size': '1MiB', 'base_shard_count': 2}",
    script: large(4)
      .map((one) => `${one}\n-- FLUSH\n-- BACKGROUND`)
      .join('\n'),
  },
  'unified, leveled, with levels by the size of flushes': {
    compaction: "{'class': 'UnifiedCompactionStrategy', 'scaling_parameters': 'L3'}",
    script: large(8)
      .map((one) => `${one}\n-- FLUSH\n-- BACKGROUND`)
      .join('\n'),
  },
};

const providing = /, 'provide_overlapping_tombstones': '(row|cell)'/i;

/** A table for each case, and what is done to it. */
const jobs = Object.values(cases).map(({ compaction, grace = 100, script }, i) => ({
  create: `CREATE TABLE t${i} (${columns}) WITH CLUSTERING ORDER BY (c DESC) AND gc_grace_seconds = ${grace} AND compression = {'enabled': false} AND compaction = ${compaction};\n`,
  script: `USE i;\n-- CLOCK 1700000000\n${script}\n-- FLUSH\n-- BACKGROUND\n`
    .replaceAll(/\b(INTO|FROM|UPDATE) t\b/g, `$1 t${i}`)
    .replaceAll('-- FLUSH', `-- FLUSH t${i}`)
    .replaceAll('-- COMPACT', `-- COMPACT t${i}`)
    .replaceAll('-- BACKGROUND', `-- BACKGROUND t${i}`),
}));

/** By case: the SSTables that Cassette makes of it, in a store of its own, for there what is done in the background is done to all tables. */
async function cassettes(some: readonly { readonly create: string; readonly script: string }[]): Promise<SSTablesOfStore> {
  const all = new Map<string, ReadonlyMap<number, SSTableFiles>>();
  for (const { create, script } of some) {
    const store = await StandingStore.open(keyspace + create, 1_700_000_000);
    await store.run(parseScript(script));
    for (const [table, sstables] of await store.sstables()) all.set(table, sstables);
  }
  return all;
}

describe.skipIf(!available.ok)(available.ok ? 'compactions in the background' : `skipped: ${available.why}`, () => {
  let judge: Judge;
  let scratch: string;
  let theirs: SSTablesOfStore;
  let ours: SSTablesOfStore;

  beforeAll(async () => {
    judge = await Judge.start();
    scratch = await mkdtemp(join(tmpdir(), 'cassette-background-'));
    const out = join(scratch, 'cassandra');
    await mkdir(out);
    const schemaCql = keyspace + jobs.map(({ create }) => create).join('');
    await judge.generate({ schemaCql, script: jobs.map(({ script }) => script).join(''), out });
    theirs = await readSSTables(out, nb);
    ours = await cassettes(jobs);
  });

  test('overlapping SSTables make a difference', async () => {
    const asked = jobs.filter(({ create }) => providing.test(create));
    const without = await cassettes(asked.map(({ create, script }) => ({ create: create.replace(providing, ''), script })));
    for (const [table, sstables] of without) {
      const [own, other] = [ours.get(table)!, sstables].map((all) =>
        [...all.values()].map((files) => dumpOf(files, 1_700_000_000)).join(),
      );
      expect(own !== other, table).toBe(
        !asked.find(({ create }) => create.includes(`TABLE ${table.slice(2)} `))!.create.includes('repaired'),
      );
    }
  });

  afterAll(async () => {
    await judge?.stop();
    await rm(scratch, { recursive: true, force: true });
  });

  test.each(Object.keys(cases).map((name, i) => ({ name, table: `i.t${i}` })))('$name', ({ table }) => {
    const [own, wanted] = [ours, theirs].map((all) => [...(all.get(table) ?? [])].sort(([a], [b]) => a - b));
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
