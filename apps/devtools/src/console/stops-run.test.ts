import { expect, test } from 'vitest';
import { stopsRun } from './stops-run.ts';

test('Escape and Ctrl+C call off what runs; with text selected Ctrl+C only copies it', () => {
  const ctrlC = { key: 'c', ctrlKey: true };
  expect([stopsRun(ctrlC, ''), stopsRun(ctrlC, 'SELECT')]).toEqual([true, false]);
  const escapeKey = { key: 'Escape', ctrlKey: false };
  expect([stopsRun(escapeKey, ''), stopsRun(escapeKey, 'SELECT')]).toEqual([true, true]);
  expect(stopsRun({ key: 'c', ctrlKey: false }, '')).toBe(false);
});
