// Scripts by hand, a subject each, executed by Cassandra and by Cassette: the same rows in the same order, the same columns, the same errors.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Judge } from '../judge.ts';
import { type Counts, count, runBoth } from './run.ts';
import { readScript } from './scripts.ts';

const available = Judge.available();
const folder = join(import.meta.dirname, 'scripts');

describe.skipIf(!available.ok)(available.ok ? 'scripts' : `scripts: skipped, ${available.why}`, () => {
  let judge: Judge;
  const counts: Counts = { statements: 0, rows: 0, refused: 0, serverFailures: 0 };

  beforeAll(async () => {
    judge = await Judge.start();
  });

  afterAll(async () => {
    await judge?.stop();
    console.log(`scripts: compared ${JSON.stringify(counts)}`);
  });

  test.each(readdirSync(folder).sort())('both answer the same to %s', async (name) => {
    const { steps, explained } = readScript(readFileSync(join(folder, name), 'utf8'));
    const { differences, theirs } = await runBoth(judge, steps);
    count(counts, steps, theirs);
    const unexplained = differences.filter(({ step }) => !explained.has(step));
    expect(unexplained.map(({ step, what }) => `${JSON.stringify(steps[step])}\n  ${what}`).join('\n')).toBe('');
    const same = [...explained.keys()].filter((step) => !differences.some((one) => one.step === step));
    expect(same.map((step) => `there is no difference in ${JSON.stringify(steps[step])}`).join('\n')).toBe('');
  });
});
