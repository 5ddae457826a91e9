// Random tables and random statements, executed by Cassandra and by Cassette: the same files, the same answers.
//
//   CASSETTE_RANDOM_SEED=…       the seed, which every run prints; a run without one always takes the same, so that what fails was changed
//   CASSETTE_RANDOM_VERSIONS=…   versions of SSTables, which batches take in turn (default nb,oa,da)
//   CASSETTE_RANDOM_REQUESTS=…   how many times a batch of tables is compared (default 9)
//   CASSETTE_RANDOM_TABLES=…     tables of a batch (default 34)
//   CASSETTE_RANDOM_SHRINKS=…    how many smaller forms of a failing table are tried (default 60)
//   CASSETTE_RANDOM_STATEMENTS=… the most statements for a table (default 20)

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  clockTo,
  type Difference,
  type RandomCase,
  randomCase,
  type SideBySideCounts,
  scriptText,
  sideBySide,
} from './arbitrary/index.ts';
import type { ScriptStep } from './cql-script.ts';
import { Judge, type SSTableVersion } from './judge.ts';

const available = Judge.available();

const setting = (name: string, otherwise: number) => Number(process.env[`CASSETTE_RANDOM_${name}`] ?? otherwise);
const seed = setting('SEED', 1_051_252_271);
const requests = setting('REQUESTS', 9);
const tables = setting('TABLES', 34);
const versions = (process.env.CASSETTE_RANDOM_VERSIONS ?? 'nb,oa,da').split(',') as SSTableVersion[];
const statements = setting('STATEMENTS', 20);
/** How many times a failing case is tried in a smaller form. */
const SHRINKS = setting('SHRINKS', 60);
/** How many differences are told. */
const DIFFERENCES_TOLD = 12;

const keyspace = "CREATE KEYSPACE r WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};\nUSE r;\n";

/** Statements can be of many kilobytes; the seed gives them back whole. */
function brief(text: string): string {
  return text.replaceAll(/.{1500,}/g, (line) => `${line.slice(0, 1500)}…`);
}

/** How to compare just that batch again. */
function replay(index: number, version: SSTableVersion): string {
  const first = seed + index * tables;
  return `CASSETTE_RANDOM_VERSIONS=${version} CASSETTE_RANDOM_SEED=${first} CASSETTE_RANDOM_REQUESTS=1 CASSETTE_RANDOM_TABLES=${tables} CASSETTE_RANDOM_STATEMENTS=${statements}`;
}

/** Cassandra flushes a table that is altered: the flush before it makes that the same here. */
function isBeforeAlteration(steps: readonly ScriptStep[], index: number): boolean {
  const next = steps[index + 1];
  return 'flush' in steps[index] && next !== undefined && 'cql' in next && next.cql.startsWith('ALTER ');
}

/** Of clock settings in a row only the last one counts. */
function isNeeded(step: ScriptStep, index: number, steps: readonly ScriptStep[]): boolean {
  const next = steps[index + 1];
  return !('clock' in step) || (next !== undefined && !('clock' in next));
}

describe.skipIf(!available.ok)(available.ok ? 'random statements' : `random statements: skipped, ${available.why}`, () => {
  let judge: Judge;
  let scratch: string;
  const counts = new Map<SSTableVersion, SideBySideCounts>(
    versions.map((version) => [version, { tables: 0, statements: 0, sstables: 0, rows: 0 }]),
  );

  beforeAll(async () => {
    judge = await Judge.start();
    scratch = await mkdtemp(join(tmpdir(), 'cassette-random-'));
    console.log(
      `random statements: CASSETTE_RANDOM_SEED=${seed}, ${requests} times ${tables} tables of up to ${statements} statements, in ${versions}`,
    );
  });

  afterAll(async () => {
    await judge?.stop();
    await rm(scratch, { recursive: true, force: true });
    console.log(`random statements: compared ${JSON.stringify(Object.fromEntries(counts))}`);
  });

  async function compare(cases: readonly RandomCase[], version: SSTableVersion): Promise<Difference[]> {
    const schemaCql = keyspace + cases.map((one) => one.schemaCql).join('');
    const steps = [{ cql: 'USE r' }, ...cases.flatMap((one) => one.steps)];
    // Between the last second of a script and the end of the TTLs in it, so that some have run out.
    const withLists = new Set(cases.filter((one) => one.hasLists).map(({ table }) => `r.${table}`));
    return await sideBySide(judge, { schemaCql, steps, now: clockTo + 30, version, withLists }, scratch, counts.get(version)!);
  }

  /** As few steps as still make a difference: leaves out ever smaller stretches. */
  async function shrunk(one: RandomCase, version: SSTableVersion): Promise<{ smallest: RandomCase; differences: Difference[] }> {
    let smallest = one;
    let differences = await compare([one], version);
    let tries = 0;
    for (let size = smallest.steps.length >> 1; size >= 1 && differences.length > 0; size >>= 1) {
      for (let at = 0; at < smallest.steps.length && tries < SHRINKS; ) {
        const steps = smallest.steps.filter((step, index) => {
          return 'clock' in step || isBeforeAlteration(smallest.steps, index) || index < at || index >= at + size;
        });
        tries++;
        const less = { ...smallest, steps };
        // A statement that needs one that was left out is no difference: it is one that stays.
        const found = steps.length < smallest.steps.length ? await compare([less], version).catch(() => []) : [];
        if (found.length > 0) [smallest, differences] = [less, found];
        else at += size;
      }
    }
    return { smallest: { ...smallest, steps: smallest.steps.filter(isNeeded) }, differences };
  }

  const batches = Array.from({ length: requests }, (_, index) => ({ index, version: versions[index % versions.length] }));

  test.each(batches)('batch $index, in $version: both make the same of them', async ({ index, version }) => {
    const name = (n: number) => `t${n}`;
    const cases = Array.from({ length: tables }, (_, n) => {
      const [one] = fc.sample(randomCase(name(n), statements, version), { numRuns: 1, seed: seed + index * tables + n });
      return one;
    });
    const differences = await compare(cases, version);
    if (differences.length === 0) return;
    const table = differences[0].table;
    const failing = cases.find((one) => `r.${one.table}` === table);
    const all = differences
      .slice(0, DIFFERENCES_TOLD)
      .map((one) => `${one.table}: ${one.what}`)
      .join('\n');
    if (failing === undefined) expect.fail(`${replay(index, version)}\n${all}`);
    const { smallest, differences: left } = await shrunk(failing, version);
    const told = (left.length > 0 ? left : differences)
      .slice(0, DIFFERENCES_TOLD)
      .map((one) => one.what)
      .join('\n');
    expect.fail(
      `${replay(index, version)}\n${differences.length} differences\n${all}\n\nthe smallest form of ${table}:\n${brief(smallest.schemaCql + scriptText(smallest.steps))}\n${told}`,
    );
  });
});
