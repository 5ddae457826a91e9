// Major compactions of the same flushes, by Cassandra and by Cassette: the same SSTables, every component byte by byte.

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

const keyspace = "CREATE KEYSPACE i WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};\nUSE i;\n";

/** CASSETTE_SEED=<n> makes other statements of a random script. */
const seed = Number(process.env.CASSETTE_SEED ?? 1);

/** Some 3 MiB, in two flushes. */
const largeScript = [0, 1]
  .map((flush) =>
    Array.from(
      { length: 250 },
      (_, k) =>
        `INSERT INTO t (k, c, v, w) VALUES (${k * (flush + 1)}, ${flush}, ${k}, '${String.fromCharCode(97 + (k % 26)).repeat(6000)}') USING TIMESTAMP ${k};`,
    ).join('\n'),
  )
  .join('\n-- FLUSH\n');

/** By what must hold; each a table `t` and what is done to it; gc_grace_seconds is 100. The clock begins at 1,700,000,000. */
const cases: Readonly<Record<string, { readonly columns?: string; readonly options?: string; readonly script: string }>> = {
  'of versions of a row the newest cells stay, of equal timestamps the greater value': {
    script: `
      INSERT INTO t (k, c, v, s) VALUES (1, 1, 1, 1) USING TIMESTAMP 10;
      INSERT INTO t (k, c, v) VALUES (1, 2, 5) USING TIMESTAMP 10;
      -- FLUSH
      UPDATE t USING TIMESTAMP 11 SET v = 2 WHERE k = 1 AND c = 1;
      UPDATE t USING TIMESTAMP 10 SET v = 4 WHERE k = 1 AND c = 2;
      UPDATE t USING TIMESTAMP 12 SET s = 3 WHERE k = 1;
      -- FLUSH
      UPDATE t USING TIMESTAMP 10 SET v = null WHERE k = 1 AND c = 2;
      -- COMPACT`,
  },
  'deletions of every kind, before and after gc_grace_seconds': {
    script: `
      INSERT INTO t (k, c, v, w) VALUES (1, 1, 1, 'a') USING TIMESTAMP 10;
      INSERT INTO t (k, c, v, w) VALUES (1, 2, 1, 'a') USING TIMESTAMP 10;
      INSERT INTO t (k, c, v, w, s) VALUES (2, 1, 1, 'a', 9) USING TIMESTAMP 10;
      INSERT INTO t (k, c, v) VALUES (3, 1, 1) USING TIMESTAMP 30;
      DELETE FROM t USING TIMESTAMP 20 WHERE k = 1 AND c = 1;
      DELETE FROM t USING TIMESTAMP 20 WHERE k = 2;
      DELETE FROM t USING TIMESTAMP 20 WHERE k = 3;
      DELETE w FROM t USING TIMESTAMP 20 WHERE k = 1 AND c = 2;
      -- FLUSH
      -- CLOCK 1700000090
      DELETE FROM t USING TIMESTAMP 20 WHERE k = 4;
      DELETE v FROM t USING TIMESTAMP 20 WHERE k = 1 AND c = 2;
      UPDATE t USING TIMESTAMP 20 SET s = null WHERE k = 5;
      -- COMPACT
      -- CLOCK 1700000101
      DELETE FROM t USING TIMESTAMP 1 WHERE k = 9;
      -- COMPACT
      -- CLOCK 1700000191
      INSERT INTO t (k, c, v) VALUES (9, 9, 9) USING TIMESTAMP 40;
      -- COMPACT`,
  },
  'range tombstones that overlap across flushes, and boundaries of which one side may go': {
    script: `
      DELETE FROM t USING TIMESTAMP 10 WHERE k = 1 AND c >= 1 AND c < 10;
      INSERT INTO t (k, c, v) VALUES (1, 4, 1) USING TIMESTAMP 15;
      INSERT INTO t (k, c, v) VALUES (1, 7, 1) USING TIMESTAMP 5;
      DELETE FROM t USING TIMESTAMP 10 WHERE k = 2 AND c > 3;
      -- FLUSH
      -- CLOCK 1700000050
      DELETE FROM t USING TIMESTAMP 12 WHERE k = 1 AND c > 5 AND c <= 20;
      DELETE FROM t USING TIMESTAMP 14 WHERE k = 1 AND c >= 3 AND c <= 6;
      DELETE FROM t USING TIMESTAMP 9 WHERE k = 2 AND c < 5;
      -- COMPACT
      -- CLOCK 1700000120
      INSERT INTO t (k, c, v) VALUES (2, 5, 1) USING TIMESTAMP 20;
      -- COMPACT`,
  },
  'TTLs: alive, expired, expired long ago, and a row whose own has expired': {
    script: `
      INSERT INTO t (k, c, v, w) VALUES (1, 1, 1, 'a') USING TIMESTAMP 10 AND TTL 10;
      INSERT INTO t (k, c, v, w) VALUES (1, 2, 1, 'a') USING TIMESTAMP 10 AND TTL 90;
      INSERT INTO t (k, c, v, w) VALUES (1, 3, 1, 'a') USING TIMESTAMP 10 AND TTL 500;
      UPDATE t USING TIMESTAMP 10 AND TTL 20 SET v = 5, s = 6 WHERE k = 2 AND c = 1;
      UPDATE t USING TIMESTAMP 11 SET w = 'lives' WHERE k = 1 AND c = 1;
      -- FLUSH
      UPDATE t USING TIMESTAMP 9 SET v = 8 WHERE k = 1 AND c = 1;
      -- CLOCK 1700000060
      -- COMPACT
      -- CLOCK 1700000125
      DELETE FROM t USING TIMESTAMP 1 WHERE k = 7;
      -- COMPACT
      -- CLOCK 1700000800
      DELETE FROM t USING TIMESTAMP 1 WHERE k = 8;
      -- COMPACT`,
  },
  'collections: complex deletions, elements deleted and expired, user types': {
    columns: 'k int, c int, sm set<int> static, m map<text, int>, st set<int>, u pair, PRIMARY KEY (k, c)',
    script: `
      INSERT INTO t (k, c, m, st, u, sm) VALUES (1, 1, {'a': 1, 'b': 2}, {1, 2}, {a: 1, b: 'x'}, {7}) USING TIMESTAMP 10;
      UPDATE t USING TIMESTAMP 10 AND TTL 20 SET m['t'] = 1 WHERE k = 1 AND c = 2;
      -- FLUSH
      UPDATE t USING TIMESTAMP 12 SET m = {'c': 3}, st = st - {2}, u.a = null WHERE k = 1 AND c = 1;
      UPDATE t USING TIMESTAMP 12 SET sm = null WHERE k = 1;
      DELETE m['x'] FROM t USING TIMESTAMP 12 WHERE k = 1 AND c = 2;
      -- FLUSH
      UPDATE t USING TIMESTAMP 11 SET m = m + {'d': 4}, st = st + {9} WHERE k = 1 AND c = 1;
      -- CLOCK 1700000050
      -- COMPACT
      -- CLOCK 1700000151
      UPDATE t USING TIMESTAMP 11 SET sm = sm + {8} WHERE k = 2;
      -- COMPACT`,
  },
  'with gc_grace_seconds = 0 all goes at once': {
    options: 'gc_grace_seconds = 0',
    script: `
      INSERT INTO t (k, c, v, s) VALUES (1, 1, 1, 2) USING TIMESTAMP 10;
      INSERT INTO t (k, c, v) VALUES (2, 1, 1) USING TIMESTAMP 10 AND TTL 5;
      -- FLUSH
      DELETE FROM t USING TIMESTAMP 20 WHERE k = 1 AND c = 1;
      DELETE FROM t USING TIMESTAMP 20 WHERE k = 3 AND c > 1;
      -- CLOCK 1700000006
      -- COMPACT`,
  },
  'an SSTable that has nothing left goes unread': {
    script: `
      DELETE FROM t USING TIMESTAMP 5 WHERE k = 1;
      INSERT INTO t (k, c, v) VALUES (2, 1, 1) USING TIMESTAMP 6 AND TTL 5;
      -- FLUSH
      INSERT INTO t (k, c, v) VALUES (3, 1, 1) USING TIMESTAMP 10;
      -- CLOCK 1700000300
      -- COMPACT`,
  },
  'nothing is left at all': {
    script: `
      DELETE FROM t USING TIMESTAMP 5 WHERE k = 1;
      INSERT INTO t (k, c, v) VALUES (2, 1, 1) USING TIMESTAMP 6 AND TTL 5;
      -- FLUSH
      DELETE FROM t USING TIMESTAMP 10 WHERE k = 2;
      -- CLOCK 1700000300
      -- COMPACT`,
  },
  'only what was repaired may go, and nothing was': {
    options:
      "compaction = {'class': 'SizeTieredCompactionStrategy', 'only_purge_repaired_tombstones': 'true'} AND gc_grace_seconds = 0",
    script: `
      INSERT INTO t (k, c, v) VALUES (1, 1, 1) USING TIMESTAMP 10 AND TTL 5;
      DELETE FROM t USING TIMESTAMP 20 WHERE k = 2;
      -- CLOCK 1700000300
      -- COMPACT`,
  },
  'leveled, of SSTables of a mebibyte, level after level': {
    options:
      "compaction = {'class': 'LeveledCompactionStrategy', 'sstable_size_in_mb': 1, 'fanout_size': 2} AND compression = {'enabled': false}",
    script: `${largeScript}\n-- COMPACT`,
  },
  'a flush in LZ4 becomes Deflate': {
    options: "compression = {'class': 'DeflateCompressor', 'chunk_length_in_kb': 4}",
    script: compactionScript(seed + 10, 300, 100),
  },
  'random statements, gc_grace_seconds of 100': { columns: 'random', script: compactionScript(seed, 700, 100) },
  'random statements, gc_grace_seconds of 0, not compressed': {
    columns: 'random',
    options: "gc_grace_seconds = 0 AND compression = {'enabled': false}",
    script: compactionScript(seed + 1, 700, 0),
  },
  'random statements, in chunks of 1 KiB': {
    columns: 'random',
    options: "compression = {'class': 'LZ4Compressor', 'chunk_length_in_kb': 1}",
    script: compactionScript(seed + 2, 700, 100),
  },
};

const plainColumns = 'k int, c int, s int static, v int, w text, PRIMARY KEY (k, c)';
const randomColumns =
  'k int, c int, s int static, sm map<int, int> static, v int, w text, m map<int, text>, st set<int>, f frozen<list<int>>, PRIMARY KEY (k, c)';

/** A case's table has the case's number: all are one job of the judge. */
function jobOf(): { schemaCql: string; script: string } {
  const all = Object.values(cases);
  const tables = all.map(({ columns = plainColumns, options = 'gc_grace_seconds = 100' }, i) => {
    const own = /DeflateCompressor/.test(options) || columns === 'random' ? randomColumns : columns;
    const order = own === randomColumns ? 'CLUSTERING ORDER BY (c DESC) AND ' : '';
    const grace = options.includes('gc_grace_seconds') ? '' : ' AND gc_grace_seconds = 100';
    return `CREATE TABLE t${i} (${own}) WITH ${order}${options}${grace};\n`;
  });
  const schemaCql = `${keyspace}CREATE TYPE pair (a int, b text);\n${tables.join('')}`;
  // Of a directive without a name every table would take part.
  const scripts = all.map(({ script }, i) =>
    script
      .replaceAll(/\b(INTO|FROM|UPDATE) t\b/g, `$1 t${i}`)
      .replaceAll('-- FLUSH', `-- FLUSH t${i}`)
      .replaceAll('-- COMPACT', `-- COMPACT t${i}`),
  );
  return { schemaCql, script: `USE i;\n${scripts.map((one) => `-- CLOCK 1700000000\n${one}\n`).join('')}` };
}

describe.skipIf(!available.ok)(available.ok ? 'major compactions' : `major compactions: skipped, ${available.why}`, () => {
  let judge: Judge;
  let scratch: string;
  let theirs: SSTablesOfStore;
  let ours: SSTablesOfStore;

  beforeAll(async () => {
    judge = await Judge.start();
    scratch = await mkdtemp(join(tmpdir(), 'cassette-compaction-'));
    const { schemaCql, script } = jobOf();
    const out = join(scratch, 'cassandra');
    await mkdir(out);
    await judge.generate({ schemaCql, script, out });
    theirs = await readSSTables(out, nb);
    const store = await StandingStore.open(schemaCql, 1_700_000_000);
    await store.run(parseScript(script));
    ours = await store.sstables();
  });

  afterAll(async () => {
    await judge?.stop();
    await rm(scratch, { recursive: true, force: true });
  });

  test.each(Object.keys(cases).map((name, i) => ({ name, table: `i.t${i}` })))('$name', ({ table }) => {
    const [own, wanted] = [ours, theirs].map((all) => [...(all.get(table) ?? [])].map(([, files]) => files));
    expect(own.length, `SSTables: ${generationsOf(ours)} beside ${generationsOf(theirs)}`).toBe(wanted.length);
    wanted.forEach((files, i) => {
      const node = statisticsOf(files);
      expect(dumpOf(own[i], 1_700_000_000)).toBe(dumpOf(files, 1_700_000_000));
      const [mine, cassandras] = [comparableFiles(own[i], node), comparableFiles(files, node)];
      for (const component of Object.keys(cassandras)) expect(mine[component], component).toBe(cassandras[component]);
      expect(Object.keys(mine)).toEqual(Object.keys(cassandras));
    });
  });
});
