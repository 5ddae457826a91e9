// The main job, end to end: a page writes real data, is killed, comes back with everything that was acknowledged, and a
// real Cassandra 5.0 imports what it exports.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { unzipSync } from 'fflate';
import { serve } from '../scripts/tools/serve.mjs';
import { type KillableChromium, startChromium } from './browser/chromium.ts';
import { Judge, type RowView } from './cassandra/judge.ts';
import { keysOf, keyspace, type Operation, schema, survey } from './data/survey.ts';
import { checkSurvivors } from './data/survey-state.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

/** What pages/page.js puts on the window. */
interface TestWindow {
  cassette: typeof import('@cassette/client');
  db: import('@cassette/client').RemoteDatabase;
  runOperations(db: unknown, operations: readonly Operation[], how: object): Promise<void>;
  rowViews(db: unknown, table: string, keys: readonly string[], nowInSeconds?: number): Promise<RowView[]>;
  acknowledge(indexes: number[]): Promise<void>;
  chunk(base64: string): Promise<void>;
}
declare const window: TestWindow;

test.describe.configure({ mode: 'serial' });

let folder: string;
let browser: KillableChromium;
let server: Awaited<ReturnType<typeof serve>>;
/** What the page exported and what it said of it, for Cassandra. */
let exported: { dir: string; now: number; rows: Record<string, RowView[]>; schemaCql: string };

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cassette-main-job-'));
  server = await serve({ '/': join(here, 'pages'), '/client/': join(here, '../packages/client/dist') });
});

test.afterAll(async () => {
  await browser?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

async function openPage() {
  const page = await browser.open(server.url);
  await page.waitForFunction(() => window.cassette !== undefined);
  return page;
}

/** Every row of both tables as the page reads them. */
async function readAll(page: Awaited<ReturnType<typeof openPage>>, now?: number) {
  const [flights, earthquakes] = await Promise.all(
    (['flights', 'earthquakes'] as const).map((table) =>
      page.evaluate(([name, keys, at]) => window.rowViews(window.db, name, keys, at), [
        `${keyspace}.${table}`,
        keysOf[table],
        now,
      ] as const),
    ),
  );
  return { flights, earthquakes };
}

test('a page writes, the browser is killed, and everything acknowledged is there again', async () => {
  const profile = join(folder, 'profile');
  const operations = survey();
  const acknowledged = new Set<number>();

  browser = await startChromium(profile);
  const page = await openPage();
  // What comes later is not heard of, nor answered: however far the page is when the kill comes, it has not ended.
  await page.exposeFunction('acknowledge', (indexes: number[]) => {
    if (acknowledged.size > operations.length * 0.6) return new Promise<void>(() => undefined);
    for (const index of indexes) acknowledged.add(index);
    return undefined;
  });
  await page.evaluate(async (statements) => {
    window.db = await window.cassette.open({ name: 'main-job', config: { memtableFlushThreshold: 512 * 1024 } });
    for (const statement of statements) await window.db.execute(statement);
  }, schema);
  const first = page
    .evaluate(
      (all) =>
        window.runOperations(window.db, all, {
          first: 0,
          concurrency: 64,
          acknowledge: (indexes: number[]) => window.acknowledge(indexes),
        }),
      operations,
    )
    .then(
      () => 'ended',
      () => 'killed',
    );
  await expect.poll(() => acknowledged.size, { timeout: 120_000, intervals: [20] }).toBeGreaterThan(operations.length * 0.6);
  await browser.kill();
  expect(await first).toBe('killed');
  expect(acknowledged.size).toBeLessThan(operations.length);

  browser = await startChromium(profile);
  const again = await openPage();
  const recovery = await again.evaluate(async () => {
    window.db = await window.cassette.open({ name: 'main-job', config: { memtableFlushThreshold: 512 * 1024 } });
    return {
      persistent: window.db.persistent,
      replayed: window.db.recovery.mutationsReplayed,
      corruption: window.db.recovery.corruption,
    };
  });
  expect(recovery.persistent).toBe(true);
  expect(recovery.replayed).toBeGreaterThan(0);
  expect(recovery.corruption).toEqual([]);
  expect(checkSurvivors(operations, acknowledged, await readAll(again))).toEqual([]);

  // Those whose fate the page never learned are sent again, as an app would.
  await again.exposeFunction('acknowledge', (indexes: number[]) => {
    for (const index of indexes) acknowledged.add(index);
  });
  const missing = operations.filter((_, index) => !acknowledged.has(index));
  await again.evaluate(
    (all) => window.runOperations(window.db, all, { first: 0, concurrency: 64, acknowledge: async () => undefined }),
    missing,
  );

  const chunks: Buffer[] = [];
  await again.exposeFunction('chunk', (base64: string) => {
    chunks.push(Buffer.from(base64, 'base64'));
  });
  const now = Math.floor(Date.now() / 1000);
  const report = await again.evaluate(async () => {
    const sink = new WritableStream<Uint8Array>({
      async write(bytes) {
        let text = '';
        for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
        await window.chunk(btoa(text));
      },
    });
    return window.db.export({}, sink);
  });
  expect(report.format).toBe('nb');
  const zip = Buffer.concat(chunks);
  expect(zip.length).toBe(report.bytes);
  const files = unzipSync(zip);
  const dir = join(folder, 'export');
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(dir, dirname(name)), { recursive: true });
    await writeFile(join(dir, name), content);
  }
  // One SSTable a table, all eight components each, and the schema.
  const generations = (table: string) => Object.keys(files).filter((name) => name.startsWith(`${keyspace}/${table}/`));
  expect(
    generations('flights')
      .map((name) => name.replace(/^.*-/, ''))
      .sort(),
  ).toEqual(['CompressionInfo.db', 'Data.db', 'Digest.crc32', 'Filter.db', 'Index.db', 'Statistics.db', 'Summary.db', 'TOC.txt']);
  expect(
    generations('earthquakes')
      .map((name) => name.replace(/^.*-/, ''))
      .sort(),
  ).toEqual(['CRC.db', 'Data.db', 'Digest.crc32', 'Filter.db', 'Index.db', 'Statistics.db', 'Summary.db', 'TOC.txt']);
  const rows = await readAll(again, now);
  expect(rows.flights.length).toBeGreaterThan(19_000);
  expect(rows.earthquakes.length).toBeGreaterThan(1_500);
  exported = {
    dir,
    now,
    rows: { [`${keyspace}.flights`]: rows.flights, [`${keyspace}.earthquakes`]: rows.earthquakes },
    schemaCql: new TextDecoder().decode(files[`${keyspace}/schema.cql`]),
  };
  await again.evaluate(() => window.db.close());
});

test('a real Cassandra 5.0 verifies and imports the export, and answers the same rows', async () => {
  const tools = Judge.available();
  test.skip(!tools.ok, tools.ok ? '' : tools.why);
  const { dir, now, rows, schemaCql } = exported;
  const judge = await Judge.start();
  try {
    const verdicts = await judge.verify({ schemaCql, dir });
    expect(verdicts.map(({ ok, errors, warnings }) => ({ ok, errors, warnings }))).toEqual([
      { ok: true, errors: [], warnings: [] },
      { ok: true, errors: [], warnings: [] },
    ]);

    // With the clock standing where the page's stood, to the second of every TTL.
    const stood = await judge.rows({ schemaCql, dir, now });
    for (const table of Object.keys(rows)) expect(stood[table]).toEqual(rows[table]);

    // The real node, nodetool import, the native protocol: there time goes on.
    const node = await judge.startNode();
    const arrived = await node.importAll({ schemaCql, dir });
    expect(arrived).toEqual({ [`${keyspace}.flights`]: 1, [`${keyspace}.earthquakes`]: 1 });
    for (const table of ['flights', 'earthquakes']) {
      const answered = await node.select(keyspace, table);
      expect(answered.map(withoutTtl)).toEqual(rows[`${keyspace}.${table}`].map(withoutTtl));
    }
  } finally {
    await judge.stop();
  }
});

function withoutTtl(row: RowView): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, cell]) => [
      name,
      cell === null ? null : { json: cell.json, writetime: cell.writetime, expires: cell.ttl != null },
    ]),
  );
}
