// Rows out of a file, by several threads, as SSTables that a real Cassandra 5.0 verifies and reads: of rows about one key the later line of the
// file stays, whichever thread had it.

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Judge } from './judge.ts';

const cli = fileURLToPath(new URL('../../apps/cli/dist/cassette.js', import.meta.url));
const tools = Judge.available();

const SCHEMA = `CREATE KEYSPACE l WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
CREATE TABLE l.t (k int, c int, v text, n bigint, PRIMARY KEY (k, c)) WITH CLUSTERING ORDER BY (c DESC);`;

describe.skipIf(!tools.ok)(`cassette load${tools.ok ? '' : ` (skipped: ${tools.why})`}`, () => {
  let folder: string;
  let judge: Judge;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cassette-load-'));
    judge = await Judge.start();
  });
  afterAll(async () => {
    await judge?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test.each(['nb', 'oa', 'da'] as const)('SSTables of version %s', async (format) => {
    let state = 20261123;
    const roll = (sides: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 0x100000000) * sides);
    };
    const model = new Map<string, { v?: string; n?: string }>();
    const lines: string[] = [];
    for (let i = 0; i < 30_000; i++) {
      const [k, c] = [roll(100), roll(100)];
      const row: { v?: string; n?: string } = {};
      if (roll(3) > 0) row.v = `value ü ${roll(1_000_000)}`;
      if (roll(3) > 0) row.n = String(9_007_199_254_740_993n + BigInt(roll(1000)));
      model.set(`${k}:${c}`, { ...model.get(`${k}:${c}`), ...row });
      lines.push(`{"k": ${k}, "c": ${c}, "v": ${JSON.stringify(row.v ?? null)}${row.n === undefined ? '' : `, "n": ${row.n}`}}`);
    }
    const [data, schema, out] = ['rows.ndjson', 'schema.cql', `out-${format}`].map((name) => join(folder, name));
    await writeFile(data, lines.join('\n'));
    await writeFile(schema, SCHEMA);
    const options = ['--schema', schema, '--out', out, '--format', format, '--threads', '3'];
    const { stdout } = await promisify(execFile)(process.execPath, [cli, 'load', ...options, data]);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ table: 'l.t', rows: 30_000, refused: 0, format });
    // Of each thread two: most lines go from bytes to an SSTable, integers past 2^53 by way of the thread's store.
    expect(report.sstables).toHaveLength(6);

    const verdicts = await judge.verify({ schemaCql: SCHEMA, dir: out });
    const right = { ok: true, errors: [], warnings: [] };
    expect(verdicts.map(({ ok, errors, warnings }) => ({ ok, errors, warnings }))).toEqual(Array(6).fill(right));
    const rows = (await judge.rows({ schemaCql: SCHEMA, dir: out, version: format }))['l.t'];
    const read = new Map(
      rows.map(({ k, c, v, n }) => [
        `${k?.json}:${c?.json}`,
        { ...(v !== null && { v: JSON.parse(v.json ?? 'null') }), ...(n !== null && { n: n.json }) },
      ]),
    );
    expect(read).toEqual(model);
  });
});
