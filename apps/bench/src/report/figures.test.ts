import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Aim } from './aims.ts';
import type { BrowserRun } from './browser-run.ts';
import { figuresPage, peersTable, withPeersTable } from './figures.ts';

const sample = (rows: number) => ({ rows, milliseconds: 1000, latencies: [], syncs: rows });

const browser: BrowserRun = {
  userAgent: 'test',
  rounds: 1,
  loadedRows: 1000,
  samples: [
    { workload: 'single', peer: 'Cassette', rounds: [sample(3000)] },
    { workload: 'single', peer: 'IndexedDB, strict', rounds: [sample(1000)] },
    { workload: 'in', peer: 'Cassette', rounds: [sample(50_000)] },
  ],
  sizes: [],
  missing: [],
};

const aim = (measured: number | null): Aim => ({
  where: 'Node',
  what: 'flush, a | b',
  bound: 'at least',
  aim: 1,
  unit: '×',
  measured: measured === null ? null : { median: measured, min: measured, max: measured },
  why: '',
});

const peers = `| | Cassette, rows/s | by IndexedDB, strict |
| --- | --- | --- |
| One awaited durable write after the other | 3,000 | 3.00 × |
| 100 rows of one partition by one statement (IN), one after the other | 50,000 | |`;

test('the page of figures has peers, aims that were measured, and all that was printed', () => {
  const page = figuresPage({
    machine: '2 × x, load 0.1',
    command: 'npm run bench',
    browser,
    aims: [aim(0.5), aim(null)],
    text: 'a  b\n',
  });
  expect(page).toBe(`# Figures of one run

Written by \`npm run bench\`, not by hand: 2 × x, load 0.1. How to read it, and what is measured: [README.md](README.md).

## Beside its peers, in Chromium

${peers}

## Aims

| where | what | aim | here | |
| --- | --- | --- | --- | --- |
| Node | flush, a \\| b | ≥ 1.00 × | 0.50 × | missed |

## All tables

\`\`\`text
a  b
\`\`\`
`);
});

test('the table of peers takes the place of the one that was there, between its marks, and nothing else changes', () => {
  const marks = ['<!-- figures: begin -->', '<!-- figures: end -->'];
  const text = `before\n\n${marks[0]}\nold\n${marks[1]}\n\nafter`;
  expect(withPeersTable(text, browser)).toBe(`before\n\n${marks[0]}\n\n${peers}\n\n${marks[1]}\n\nafter`);
  expect(() => withPeersTable('no marks', browser)).toThrow('figures: begin');
});

test('the documents that show figures show those of the page of figures', () => {
  const read = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');
  const table = (text: string) => /\n(\| \|? ?.*Cassette, rows\/s[\s\S]*?)\n\n/.exec(text)?.[1];
  const shown = table(read('apps/bench/FIGURES.md'));
  expect(shown).toContain('| One awaited durable write after the other |');
  for (const path of ['README.md', 'docs/comparison.md']) expect(table(read(path)), path).toBe(shown);
  expect(peersTable(browser)).toBe(peers);
});
