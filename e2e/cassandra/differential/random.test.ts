// Random schemas and statements, executed by Cassandra and by Cassette: the same rows in the same order, the same columns, the same errors.
//
//   CASSETTE_DIFFERENTIAL_SEED=…        the seed, which every run prints; others find what this one does not (default 60000)
//   CASSETTE_DIFFERENTIAL_SCRIPTS=…     how many scripts, each with a schema of its own (default 72)
//   CASSETTE_DIFFERENTIAL_STATEMENTS=…  random statements of each (default 300)

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Judge } from '../judge.ts';
import { randomScript } from './random/random-script.ts';
import { type Counts, count, runBoth, scriptText, shrunk } from './run.ts';

const available = Judge.available();

const setting = (name: string, otherwise: number) => Number(process.env[`CASSETTE_DIFFERENTIAL_${name}`] ?? otherwise);
const seed = setting('SEED', 60_000);
const scripts = setting('SCRIPTS', 72);
const statements = setting('STATEMENTS', 300);
/** Scripts of one test. */
const BATCH = 12;
/** How many times a failing script is tried in a smaller form. */
const SHRINKS = 150;
/** A run of more scripts than this tells how far it is. */
const LONG = 72;
/** How many differences of a script are told. */
const TOLD = 5;

describe.skipIf(!available.ok)(available.ok ? 'random scripts' : `random scripts: skipped, ${available.why}`, () => {
  let judge: Judge;
  const counts: Counts = { statements: 0, rows: 0, refused: 0, serverFailures: 0 };

  beforeAll(async () => {
    judge = await Judge.start();
    console.log(`random scripts: CASSETTE_DIFFERENTIAL_SEED=${seed}, ${scripts} of ${statements} statements`);
  });

  afterAll(async () => {
    await judge?.stop();
    console.log(`random scripts: compared ${JSON.stringify(counts)}`);
  });

  /** What a script differs in; null where it does not. */
  async function compare(own: number): Promise<string | null> {
    const steps = randomScript(own, statements);
    const { differences, theirs } = await runBoth(judge, steps);
    count(counts, steps, theirs);
    if (differences.length === 0) return null;
    const [first] = differences;
    const smallest = await shrunk(judge, steps.slice(0, first.step + 1), SHRINKS);
    const replay = `CASSETTE_DIFFERENTIAL_SEED=${own} CASSETTE_DIFFERENTIAL_SCRIPTS=1 CASSETTE_DIFFERENTIAL_STATEMENTS=${statements}`;
    const others = differences.slice(1, TOLD).map(({ step, what }) => `${scriptText([steps[step]])}\n    differs in ${what}\n`);
    return [
      `${replay}\n${differences.length} differences, the first in ${first.what}\n`,
      `the smallest script:\n${scriptText(smallest)}\n`,
      ...others,
    ].join('\n');
  }

  const batches = Array.from({ length: Math.ceil(scripts / BATCH) }, (_, index) => index * BATCH);

  test.each(batches)('both answer the same, from script %i on', async (from) => {
    const failures: string[] = [];
    for (let index = from; index < Math.min(from + BATCH, scripts); index++) failures.push((await compare(seed + index)) ?? '');
    const told = failures.filter(Boolean).join('\n\n');
    // A long run is looked at while it goes on.
    if (scripts > LONG) console.log(`${told}\nrandom scripts: up to ${from + BATCH}: ${JSON.stringify(counts)}`);
    if (told !== '') expect.fail(told);
  });
});
