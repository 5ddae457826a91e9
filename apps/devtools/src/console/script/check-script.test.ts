import { expect, test } from 'vitest';
import { checkScript } from './check-script.ts';

test('each statement tells its own mistake, at its place in the script', () => {
  const script =
    'SELECT * FORM t;\nSELECT * FROM t;\nEXPAND maybe\nCOPY t TO STDOUT WITH HEDAER = true; INSERT INTO t (a) VALUES (1';
  const found = checkScript(script).map(({ position, end, message }) => [
    script.slice(position, position + 5),
    script[end],
    message,
  ]);
  expect(found.map(([at, end]) => [at, end])).toEqual([
    ['FORM ', ';'],
    ['maybe', '\n'],
    ['HEDAE', ';'],
    ['', undefined],
  ]);
  expect(found[1][2]).toBe('expected ON or OFF, but found "maybe"');
  expect(found[2][2]).toBe('COPY has no option HEDAER; HELP COPY lists them');
  expect(found[0][2]).not.toContain('\n');
});

test('what is no mistake is none', () => {
  expect(
    checkScript('BEGIN BATCH INSERT INTO t (a) VALUES (1); APPLY BATCH; -- x\nDESC TABLES\nHELP\nSELECT \'$$\' FROM "T"'),
  ).toEqual([]);
});
