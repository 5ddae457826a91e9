import { expect, test } from 'vitest';
import { runLab } from './lab-run.ts';
import type { LabKnobs } from './lab-types.ts';

const knobs: LabKnobs = { seed: 1, temper: 'seed', fault: 'none', crashAt: 60 };

test('the same knobs give the same run, and another seed another', async () => {
  const run = await runLab(knobs);
  expect(await runLab(knobs)).toEqual(run);
  expect((await runLab({ ...knobs, seed: 2 })).fingerprint).not.toBe(run.fingerprint);
});

test('a life has segments, flushes and compactions', async () => {
  const { operations, statements } = await runLab({ ...knobs, crashAt: 100_000 });
  const files = new Set(operations.map(({ file }) => file.replace(/\d+/g, 'n').replace(/^.*-(?=\w+\.\w+$)/, '')));
  expect(operations.length).toBeGreaterThan(100);
  expect(statements).toBeGreaterThan(40);
  expect([...files]).toEqual(expect.arrayContaining(['catalog', 'Data.db']));
  expect(operations.some(({ kind }) => kind === 'remove')).toBe(true);
});

test.each(['lose', 'keep', 'prefix', 'chaos'] as const)(
  'wherever the power goes, what was acknowledged is there (%s)',
  async (temper) => {
    for (let crashAt = 0; crashAt < 400; crashAt += 23) {
      const { check } = await runLab({ seed: 1, temper, fault: 'none', crashAt });
      expect(check.complaints).toEqual([]);
      expect(check.there).toBe(check.acknowledged);
    }
  },
);

test.each(['write', 'flush', 'full'] as const)('with a fault before it (%s)', async (fault) => {
  for (let crashAt = 5; crashAt < 300; crashAt += 41) {
    const { check } = await runLab({ seed: 3, temper: 'seed', fault, crashAt });
    expect(check.complaints).toEqual([]);
  }
});

test('bytes that no flush covered are told from those that the disk has', async () => {
  const { files } = await runLab({ ...knobs, temper: 'lose' });
  const log = files.filter(({ name }) => name.startsWith('wal'));
  expect(log.length).toBeGreaterThan(0);
  for (const { before, after } of files) {
    if (before === null || after === null) continue;
    const durable = before.runs.filter(({ fate }) => fate === 'durable').reduce((sum, { bytes }) => sum + bytes, 0);
    const kept = after.runs.filter(({ fate }) => fate === 'kept').reduce((sum, { bytes }) => sum + bytes, 0);
    expect(kept).toBe(durable);
  }
});
