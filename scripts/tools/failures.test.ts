import { expect, test } from 'vitest';
import { playwrightFailures, vitestFailures } from './failures.mjs';

test('of a vitest report the failed tests are told with the first lines of why, and files that could not run', () => {
  const report = {
    testResults: [
      {
        name: 'a.test.ts',
        status: 'failed',
        message: '',
        assertionResults: [
          { status: 'passed', fullName: 'works', failureMessages: [] },
          {
            status: 'failed',
            fullName: 'sums two',
            failureMessages: [
              '\u001b[31mexpected 4\u001b[39m\n\n    at a.test.ts:3:1\n    at x (file:///node_modules/vitest/x.js:1:1)',
            ],
          },
        ],
      },
      { name: 'b.test.ts', status: 'failed', message: 'No such module: c', assertionResults: [] },
      { name: 'd.test.ts', status: 'passed', message: '', assertionResults: [{ status: 'passed', fullName: 'is' }] },
    ],
  };
  expect(vitestFailures(report)).toEqual([
    '✘ a.test.ts: sums two\n    expected 4\n        at a.test.ts:3:1',
    '✘ b.test.ts\n    No such module: c',
  ]);
});

test('of a Playwright report those are told that failed, or passed at a second try, and what went wrong outside of them', () => {
  const spec = (title: string, status: string, ...messages: string[]) => ({
    title,
    file: 'a.spec.ts',
    line: 7,
    tests: [{ status, results: [{ errors: messages.map((message) => ({ message })) }] }],
  });
  const report = {
    suites: [
      {
        specs: [spec('opens', 'expected')],
        suites: [{ specs: [spec('shuts', 'flaky', 'too late'), spec('is skipped', 'skipped')] }],
      },
    ],
    errors: [{ message: 'no config' }],
  };
  expect(playwrightFailures(report)).toEqual(['✘ a.spec.ts:7 shuts\n    too late', '✘ outside of the tests\n    no config']);
  const long = playwrightFailures({ suites: [{ specs: [spec('is long', 'unexpected', 'x'.repeat(1000))] }] });
  expect(long).toEqual([`✘ a.spec.ts:7 is long\n    ${'x'.repeat(240)}…`]);
});
