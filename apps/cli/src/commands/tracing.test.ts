import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '../testing/run.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cassette-cli-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('exec --tracing tells on standard error what was done, as a table, and prints the rows as ever', async () => {
  const script = join(folder, 'script.cql');
  writeFileSync(
    script,
    `CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
CREATE TABLE k.t (a int PRIMARY KEY, v text);
INSERT INTO k.t (a, v) VALUES (1, 'x');
SELECT * FROM k.t WHERE a = 1;`,
  );
  const { out, err } = await run('exec', '--dir', join(folder, 's'), '--tracing', script);
  expect(out).toBe('{"a": 1, "v": "x"}\n');
  const tables = err.split('Tracing session').slice(1);
  expect(tables).toHaveLength(4);
  // On a busy machine a slice of time may be over.
  const lines = tables[3].split('\n').map((line) => line.split(' | ')[0].trim());
  expect(lines.filter((line) => line !== '' && !line.startsWith('Gave others'))).toEqual([
    expect.stringMatching(/^, begun \d{4}-\d\d-\d\dT/),
    'activity',
    expect.stringMatching(/^-+\+-+$/),
    'Parsed and planned the statement',
    'Reading partition 00000001 of k.t',
    'Merging 1 memtable and 0 SSTables',
    'Read memtable: 1 row, 0 tombstones',
    'Merged 1 live row, and 0 deleted or expired',
    'Answered 1 row',
    'Request complete',
  ]);
});
