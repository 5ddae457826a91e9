// SSTables of random tables that Cassandra alone writes to, flushed and compacted, with every compressor, counters, and times past 2038:
// Cassette verifies, dumps and selects what Cassandra does, and writes the same bytes again.
//
//   CASSETTE_FOREIGN_SEED=…       the seed, which every run prints; a run without one always takes the same, so that what fails was changed
//   CASSETTE_FOREIGN_VERSIONS=…   versions of SSTables, which batches take in turn (default nb,oa,da)
//   CASSETTE_FOREIGN_REQUESTS=…   how many batches of tables there are (default 3)
//   CASSETTE_FOREIGN_TABLES=…     tables of a batch (default 30)
//   CASSETTE_FOREIGN_STATEMENTS=… the most statements for a table (default 30)

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { foreign, foreignCase, type SideBySideCounts, scriptText } from './arbitrary/index.ts';
import { Judge, type SSTableVersion } from './judge.ts';

const available = Judge.available();

const setting = (name: string, otherwise: number) => Number(process.env[`CASSETTE_FOREIGN_${name}`] ?? otherwise);
const seed = setting('SEED', 973_892_649);
const requests = setting('REQUESTS', 3);
const tables = setting('TABLES', 30);
const statements = setting('STATEMENTS', 30);
const versions = (process.env.CASSETTE_FOREIGN_VERSIONS ?? 'nb,oa,da').split(',') as SSTableVersion[];
/** Seconds: where rows are looked at. Some of what the scripts write has expired then, or will in 2058. */
const NOW = 1_700_000_090;

const keyspace = "CREATE KEYSPACE f WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};\nUSE f;\n";

describe.skipIf(!available.ok)(
  available.ok ? 'random foreign tables' : `random foreign tables: skipped, ${available.why}`,
  () => {
    let judge: Judge;
    let scratch: string;
    const counts = new Map<SSTableVersion, SideBySideCounts>(
      versions.map((version) => [version, { tables: 0, statements: 0, sstables: 0, rows: 0 }]),
    );

    beforeAll(async () => {
      judge = await Judge.start();
      scratch = await mkdtemp(join(tmpdir(), 'cassette-foreign-'));
      console.log(
        `random foreign tables: CASSETTE_FOREIGN_SEED=${seed}, ${requests} times ${tables} tables of up to ${statements} statements, in ${versions}`,
      );
    });

    afterAll(async () => {
      await judge?.stop();
      await rm(scratch, { recursive: true, force: true });
      console.log(`random foreign tables: compared ${JSON.stringify(Object.fromEntries(counts))}`);
    });

    const batches = Array.from({ length: requests }, (_, index) => ({ index, version: versions[index % versions.length] }));

    test.each(batches)('batch $index, in $version: Cassette reads what Cassandra wrote', async ({ index, version }) => {
      const first = seed + index * tables;
      const cases = Array.from({ length: tables }, (_, n) => {
        const [one] = fc.sample(foreignCase(`t${n}`, statements, version), { numRuns: 1, seed: first + n });
        return one;
      });
      const schemaCql = keyspace + cases.map((one) => one.schemaCql).join('');
      const steps = [{ cql: 'USE f' }, ...cases.flatMap((one) => one.steps)];
      const differences = await foreign(judge, { schemaCql, steps, now: NOW, version }, scratch, counts.get(version)!);
      if (differences.length === 0) return;
      const [{ table }] = differences;
      const failing = cases.find((one) => `f.${one.table}` === table);
      const told = failing === undefined ? '' : `${failing.schemaCql}${scriptText(failing.steps)}`.slice(0, 20_000);
      const replay = `CASSETTE_FOREIGN_VERSIONS=${version} CASSETTE_FOREIGN_SEED=${first} CASSETTE_FOREIGN_REQUESTS=1 CASSETTE_FOREIGN_TABLES=${tables} CASSETTE_FOREIGN_STATEMENTS=${statements}`;
      const all = differences.slice(0, 12).map((one) => `${one.table}: ${one.what}`);
      expect.fail(`${replay}\n${differences.length} differences\n${all.join('\n')}\n\n${table}:\n${told}`);
    });
  },
);
