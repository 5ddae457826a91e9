// JSON lines go straight to SSTables, CSV goes through a store: the same rows must come out of both.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '../testing/run.ts';
import type { LoadJob } from './load-job.ts';
import { loadRows } from './load-rows.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cassette-load-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

interface Given {
  readonly k: string;
  readonly n: number;
  readonly c: string;
  readonly d: number;
  readonly v: number | null;
  readonly t: string | null;
}

const SCHEMA = `CREATE TABLE ks.t (k text, n int, c text, d bigint, v int, t text, PRIMARY KEY ((k, n), c, d)) WITH CLUSTERING ORDER BY (c DESC, d ASC);`;
const COLUMNS = ['k', 'n', 'c', 'd', 'v', 't'] as const;

/** All that was loaded, as dump tells it. */
async function loaded(name: string, text: string): Promise<string> {
  const path = (other: string) => join(folder, other);
  writeFileSync(path('schema.cql'), SCHEMA);
  writeFileSync(path(name), text);
  const made = await run(
    'load',
    '--schema',
    path('schema.cql'),
    '--out',
    path('out'),
    '--timestamp',
    '1700000000000000',
    path(name),
  );
  expect(made.error).toBe(null);
  const { out, error } = await run('dump', '--raw-timestamps', '--schema', path('schema.cql'), path('out'));
  expect(error).toBe(null);
  // Statements name columns that no row has a value of: then files tell of each row which columns it has, and rows lie elsewhere.
  return out.replace(/nb-\d+-big/g, '').replace(/"position" : \d+/g, '');
}

test('rows in any order, several of one key among them, are the same of JSON and of CSV', async () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'ü', 'z'), minLength: 1, maxLength: 3 });
  const row: fc.Arbitrary<Given> = fc.record({
    k: word,
    n: fc.integer({ min: -1, max: 1 }),
    c: word,
    d: fc.integer({ min: -2, max: 2 }),
    v: fc.option(fc.integer({ min: -300, max: 300 })),
    // Of JSON with backslashes.
    t: fc.option(fc.oneof(word, fc.constant('/\\'))),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 30 }), async (rows) => {
      const json = rows.map((one) => `${JSON.stringify(one)}\n`).join('');
      const csv = rows.map((one) => `${COLUMNS.map((name) => one[name] ?? '').join(',')}\n`).join('');
      expect(await loaded('rows.ndjson', json)).toBe(await loaded('rows.csv', `${COLUMNS.join(',')}\n${csv}`));
    }),
    { numRuns: 12 },
  );
});

/** What loads a file of JSON lines, by a buffer that is soon full. */
function jobOf(file: string): LoadJob {
  return {
    schema: ["CREATE KEYSPACE ks WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}", SCHEMA.slice(0, -1)],
    keyspace: 'ks',
    table: 't',
    dir: join(folder, 'store'),
    madeDir: join(folder, 'made'),
    firstNumber: 7,
    version: 'nb',
    format: 'json',
    csv: { delimiter: ',', quote: '"', escapeWith: '"', nullText: '', columns: null },
    parts: [{ file, from: 0, to: null, before: 0 }],
    timestamp: 1_700_000_000_000_000,
    stamps: 'by bytes',
    ttl: null,
    errorsMax: 0,
    memtableBytes: 32 << 10,
  };
}

test('a buffer that is full becomes an SSTable, and rows that go through the store are beside them', async () => {
  const file = join(folder, 'rows.ndjson');
  const line = (i: number) =>
    `${JSON.stringify({ k: 'k', n: 1, c: 'c', d: i, v: i % 100 === 0 ? String(i) : i, t: i % 100 === 1 ? 'an "escape"' : 'none' })}\n`;
  writeFileSync(file, Array.from({ length: 1000 }, (_, i) => line(i)).join(''));
  const outcome = await loadRows(jobOf(file), () => undefined);
  expect(outcome).toMatchObject({ rows: 1000, stored: 10, refused: [] });
  expect(outcome.made.length).toBeGreaterThan(1);
  expect(outcome.made.reduce((sum, { rows }) => sum + rows, 0)).toBe(990);
  const { out } = await run('verify', join(folder, 'made'));
  const verified = out
    .trim()
    .split('\n')
    .map((one) => JSON.parse(one));
  expect(verified.map(({ ok }) => ok)).toEqual(outcome.made.map(() => true));
  expect(readFileSync(outcome.made[0].files[0].path).length).toBe(outcome.made[0].files[0].size);
});

test('what keeps SSTables from being written is told with a code', async () => {
  const file = join(folder, 'row.ndjson');
  writeFileSync(file, `${JSON.stringify({ k: 'k', n: 1, c: 'c', d: 1 })}\n`);
  const job = { ...jobOf(file), dir: join(folder, 'other-store'), madeDir: join(file, 'made') };
  await expect(loadRows(job, () => undefined)).rejects.toMatchObject({ code: 'CANNOT_WRITE', data: { file: job.madeDir } });
});

test('others have their turn while it loads, an interrupt above all', async () => {
  const file = join(folder, 'many.ndjson');
  const text = 'x'.repeat(1000);
  writeFileSync(
    file,
    Array.from({ length: 4000 }, (_, i) => `${JSON.stringify({ k: 'k', n: 1, c: 'c', d: i, t: text })}\n`).join(''),
  );
  const job = { ...jobOf(file), memtableBytes: 1 << 20 };
  const seen = new Set<number>();
  const look = setInterval(() => seen.add(existsSync(job.madeDir) ? readdirSync(job.madeDir).length : 0), 0);
  const { made } = await loadRows(job, () => undefined);
  clearInterval(look);
  expect(made.length).toBeGreaterThan(2);
  // Neither before the first SSTable nor behind the last.
  seen.delete(0);
  seen.delete(readdirSync(job.madeDir).length);
  expect(seen.size).toBeGreaterThan(0);
});
