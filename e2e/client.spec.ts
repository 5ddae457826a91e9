// The library as a page gets it: the built files, imported by URL under script-src 'self', in real browsers.

import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { unzipSync } from 'fflate';
import { parseAst } from 'vite';
import { serve } from '../scripts/tools/serve.mjs';
import { openChromium } from './browser/chromium-profile.ts';
import { inFirefox } from './browser/client-page.ts';
import { firefoxMissing } from './browser/firefox.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const dist = join(here, '../packages/client/dist');

/** What pages/page.js puts on the window, and what tests keep there. */
interface TestWindow {
  cassette: typeof import('@cassette/client');
  db: import('@cassette/client').RemoteDatabase;
}
declare const window: TestWindow;

const schema = `CREATE KEYSPACE IF NOT EXISTS t WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
CREATE TABLE IF NOT EXISTS t.readings (sensor text, at int, value double, tags frozen<set<text>>, raw blob, PRIMARY KEY (sensor, at));`;

let folder: string;
let server: Awaited<ReturnType<typeof serve>>;
let context: BrowserContext;
let stores = 0;

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cassette-client-'));
  server = await serve({ '/': join(here, 'pages'), '/client/': dist });
  context = await openChromium(join(folder, 'chromium'));
});

test.afterAll(async () => {
  await context?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

async function newPage(): Promise<Page> {
  const page = await context.newPage();
  await page.goto(server.url);
  await page.waitForFunction(() => window.cassette !== undefined);
  return page;
}

/** A page that has a store of its own open, as `window.db`. */
async function pageWithStore(): Promise<{ page: Page; name: string }> {
  const page = await newPage();
  const name = `client ${stores++}`;
  await page.evaluate(
    async (options) => {
      window.db = await window.cassette.open(options);
    },
    { name, schema },
  );
  return { page, name };
}

test('the built files import nothing but each other', async () => {
  const scripts = (await readdir(dist)).filter((file) => file.endsWith('.js'));
  // What an app names keeps its name; a chunk has its content in its name, so that chunks of two builds are never mixed.
  const entries = scripts.filter((file) => !/^[\w-]+-[\w-]{8}\.js$/.test(file)).sort();
  expect(entries).toEqual(['index.js', 'parts.js', 'worker.js']);
  for (const script of scripts) {
    const text = await readFile(join(dist, script), 'utf8');
    const declared = parseAst(text).body.map((node) => ('source' in node ? node.source?.value : undefined));
    const dynamic = [...text.matchAll(/\bimport\(\s*(["'`])([^"'`]+)\1/g)].map((match) => match[2]);
    const imported = [...declared, ...dynamic].filter((specifier) => specifier !== undefined);
    for (const specifier of imported) expect(scripts.map((file) => `./${file}`)).toContain(specifier);
  }
});

test('the built types stand by themselves: a copy of the files is all that a project needs', async () => {
  const project = join(folder, 'project');
  await cp(dist, join(project, 'cassette'), { recursive: true });
  await writeFile(join(project, 'package.json'), '{ "type": "module" }');
  await writeFile(
    join(project, 'app.ts'),
    `import { CqlSyntaxError, exportToFile, open, type ResultSet } from './cassette/index.js';
const db = await open({ name: 'x', config: { memtableFlushThreshold: 1 } });
const result: ResultSet = await db.execute('SELECT', [1], { fetchSize: 5 });
for (const row of result) console.log(row.get(0), result.columns?.[0].type.cqlName(), CqlSyntaxError);
const bytes: number = (await exportToFile(db)).bytes + (await db.stats()).counters.mutations;
// What follows is wrong, each line in one place: were anything of it 'any', it would pass.
db.execute(bytes);
open({ nam: 'x' });
const text: string = (await db.stats()).counters.mutations;
result.columns![0].type.cqlName().nothing;
db.recovery.nothing;
db.nothing();
`,
  );
  const compilerOptions = {
    noEmit: true,
    strict: true,
    target: 'es2022',
    lib: ['es2023', 'dom', 'dom.asynciterable'],
    types: [],
  };
  for (const [module, moduleResolution] of [
    ['esnext', 'bundler'],
    ['nodenext', 'nodenext'],
  ]) {
    const options = { ...compilerOptions, module, moduleResolution };
    await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['app.ts'] }));
    const { stdout } = spawnSync(join(here, '../node_modules/.bin/tsc'), ['--pretty', 'false'], {
      cwd: project,
      encoding: 'utf8',
    });
    expect(stdout.match(/^.*error TS\d+/gm)).toEqual([
      'app.ts(7,12): error TS2345',
      'app.ts(8,8): error TS2561',
      'app.ts(9,7): error TS2322',
      'app.ts(10,35): error TS2339',
      'app.ts(11,13): error TS2339',
      'app.ts(12,4): error TS2339',
    ]);
  }
});

test('a page writes and reads: execute, executeMany, batch, stream', async () => {
  const { page } = await pageWithStore();
  const seen = await page.evaluate(async () => {
    const { db } = window;
    await db.execute('INSERT INTO t.readings (sensor, at, value, tags) VALUES (?, ?, ?, ?)', ['a', 1, 1.5, ['x', 'y']]);
    await db.execute('INSERT INTO t.readings (sensor, at, value) VALUES (:sensor, :at, :v)', { sensor: 'a', at: 2, v: null });
    await db.batch([
      { query: 'INSERT INTO t.readings (sensor, at, raw) VALUES (?, ?, ?)', params: ['a', 3, new Uint8Array([1, 2, 255])] },
      "DELETE FROM t.readings WHERE sensor = 'a' AND at = 2",
    ]);
    const rows = Array.from({ length: 12_500 }, (_, i) => ['many', i, i / 2]);
    const progress: number[] = [];
    await db.executeMany('INSERT INTO t.readings (sensor, at, value) VALUES (?, ?, ?)', rows, {
      onProgress: (done) => progress.push(done),
    });
    const wrong = rows.map((row) => (row[1] === 11_000 ? ['many', 'x', 0] : row));
    const refused = await db
      .executeMany('INSERT INTO t.readings (sensor, at, value) VALUES (?, ?, ?)', wrong)
      .catch((error) => [error.data.row, error.data.rowsWritten, error.message.includes(' Row 11000: ')]);
    const few = await db.execute("SELECT * FROM t.readings WHERE sensor = 'a'");
    const page = await db.execute("SELECT at FROM t.readings WHERE sensor = 'many'", [], { fetchSize: 10 });
    let streamed = 0;
    for await (const row of db.stream("SELECT at FROM t.readings WHERE sensor = 'many'")) if (row.at === streamed) streamed++;
    return {
      columns: few.columns?.map((column) => `${column.name} ${column.type.cqlName()}`),
      few: [...few].map((row) =>
        row.values().map((value) => (value instanceof Uint8Array || value instanceof Set ? [...value] : value)),
      ),
      page: [page.rowLength, page.pageState !== null],
      progress,
      refused,
      streamed,
      persistent: db.persistent,
    };
  });
  expect(seen).toEqual({
    columns: ['sensor text', 'at int', 'raw blob', 'tags frozen<set<text>>', 'value double'],
    few: [
      ['a', 1, null, ['x', 'y'], 1.5],
      ['a', 3, [1, 2, 255], null, null],
    ],
    page: [10, true],
    progress: [10_000, 12_500],
    refused: [11_000, 10_000, true],
    streamed: 12_500,
    persistent: true,
  });
  await page.close();
});

test('for await over a result goes through its pages; what the Node driver passes is taken', async () => {
  const { page } = await pageWithStore();
  const seen = await page.evaluate(async () => {
    const { db, cassette } = window;
    const rows = Array.from({ length: 10 }, (_, at) => ['a', at]);
    await db.executeMany('INSERT INTO t.readings (sensor, at) VALUES (?, ?)', rows);
    const query = 'SELECT at FROM t.readings WHERE sensor = ?';
    const first = await db.execute(query, ['a'], { fetchSize: 3 });
    const all: unknown[] = [];
    for await (const row of first) all.push(row.at);
    const hex = Array.from(first.pageState ?? [], (byte) => byte.toString(16).padStart(2, '0')).join('');
    const rest = await db.execute(query, ['a'], { pageState: hex });
    const streamed: unknown[] = [];
    for await (const row of db.stream(query, ['a'], { fetchSize: undefined as never, pageState: hex })) streamed.push(row.at);
    const timestamp = { high: 0, low: 7, unsigned: false };
    await db.execute("INSERT INTO t.readings (sensor, at, raw) VALUES ('b', 1, ?)", [Uint16Array.of(0x0101)], { timestamp });
    const written = (await db.execute("SELECT raw, writetime(raw) FROM t.readings WHERE sensor = 'b'")).first();
    const refused = await Promise.all(
      [new Error('x'), cassette.Uuid.random(), '\ud800x'].map((value) =>
        db.execute('INSERT INTO t.readings (sensor, at) VALUES (?, 1)', [value]).catch((error) => error.code),
      ),
    );
    return {
      first: [...first].map((row) => row.at),
      isPaged: [first.isPaged(), rest.isPaged()],
      all,
      rest: rest.rows.map((row) => row.at),
      streamed,
      written: written?.values().map(String),
      refused,
    };
  });
  const after = [3, 4, 5, 6, 7, 8, 9];
  expect(seen).toEqual({
    first: [0, 1, 2],
    isPaged: [true, false],
    all: [0, 1, 2, ...after],
    rest: after,
    streamed: after,
    written: ['1,1', '7'],
    refused: ['UNSUPPORTED_VALUE', 'INVALID_REQUEST', 'INVALID_REQUEST'],
  });
  await page.close();
});

test('writes of one turn share one sync of the log', async () => {
  const { page } = await pageWithStore();
  const flushes = await page.evaluate(async () => {
    const { db } = window;
    const before = (await db.stats()).counters.walFlushes;
    await Promise.all(
      Array.from({ length: 200 }, (_, i) => db.execute('INSERT INTO t.readings (sensor, at) VALUES (?, ?)', [`s${i}`, i])),
    );
    return (await db.stats()).counters.walFlushes - before;
  });
  expect(flushes).toBeLessThanOrEqual(3);
  await page.close();
});

test('SSTables become one by hand, and in the background; writes go on meanwhile, and a reload finds everything', async () => {
  const { page, name } = await pageWithStore();
  const seen = await page.evaluate(async (store) => {
    let { db } = window;
    const insert = 'INSERT INTO t.readings (sensor, at, value, raw) VALUES (?, ?, ?, ?)';
    const events: string[] = [];
    const unlisten = await db.listen((all) => events.push(...all.map(({ type }) => type)));
    const rows = (part: number) =>
      Array.from({ length: 3000 }, (_, i) => [`s${i % 50}`, part * 2000 + i, i, new Uint8Array(60).fill(i)]);
    const sstables = async () => (await db.stats()).tables.find(({ table }) => table === 'readings')!.sstables.length;
    for (let part = 0; part < 3; part++) {
      await db.executeMany(insert, rows(part));
      await db.flush();
    }
    const before = [await sstables(), (await db.execute('SELECT count(*) FROM t.readings')).first()];
    const compacting = db.compact('t.readings');
    await db.execute(insert, ['while', 1, 1, null]);
    const [stats] = await compacting;
    const after = [await sstables(), (await db.execute("SELECT count(*) FROM t.readings WHERE sensor = 's1'")).first()];
    for (let part = 3; part < 7; part++) {
      await db.executeMany(insert, rows(part));
      await db.flush();
    }
    while ((await db.stats()).compaction.history.length < 2) await db.maintenanceStep(5);
    const background = (await db.stats()).compaction.history[1].kind;
    const refused = await db.compact('t.none').catch((error) => [error.name, error.message]);
    await unlisten();
    await db.close();
    db = await window.cassette.open({ name: store });
    const found = (await db.execute('SELECT count(*) FROM t.readings')).first();
    await db.close();
    const { inputs, outputs, kind } = stats;
    return { before, stats: { inputs: inputs.length, outputs: outputs.length, kind }, after, background, refused, found, events };
  }, name);
  expect(seen).toMatchObject({
    before: [3, { count: 7000n }],
    stats: { outputs: 1, kind: 'major' },
    background: 'policy',
    refused: ['InvalidRequestError', 'There is no table t.none'],
    found: { count: 15001n },
  });
  expect(seen.after[1]).toEqual({ count: 140n });
  expect(seen.events).toEqual(
    expect.arrayContaining(['compaction-started', 'sstable-added', 'compaction-finished', 'sstable-removed']),
  );
  await page.close();
});

test('calls are carried out in their order: before close(), before a look at the schema, before a flush and an export', async () => {
  const { page, name } = await pageWithStore();
  const seen = await page.evaluate(async (store) => {
    let { db } = window;
    const { cassette } = window;
    const made = db.execute('CREATE TABLE t.later (k int PRIMARY KEY)');
    const tables = (await db.metadata())[0].tables.map((table) => table.name);
    void db.execute('CREATE TABLE t.latest (k int PRIMARY KEY)');
    const described = (await db.describe('t')).includes('t.latest');
    await made;
    void db.execute('INSERT INTO t.later (k) VALUES (1)');
    await db.flush();
    const flushed = (await db.stats()).tables.find(({ table }) => table === 'later')?.sstables.length;
    void db.execute('INSERT INTO t.latest (k) VALUES (1)');
    const report = await db.export({ tables: ['t.latest'] }, new WritableStream());
    const exported = report.sstables.map(({ rows }) => rows);
    const rows = Array.from({ length: 25_000 }, (_, i) => ['many', i]);
    const insert = 'INSERT INTO t.readings (sensor, at) VALUES (?, ?)';
    const calls: Promise<unknown>[] = Array.from({ length: 300 }, (_, i) => db.execute(insert, ['a', i]));
    calls.push(db.executeMany(insert, rows), db.batch([{ query: insert, params: ['b', 1] }]));
    const closing = [db.close(), db.close()];
    const after = await db.execute(insert, ['c', 1]).then(
      () => null,
      (error) => [error instanceof cassette.ClosedError, error.name, error.code, error.message],
    );
    const outcomes = (await Promise.allSettled(calls)).map(({ status }) => status);
    await Promise.all(closing);
    db = await cassette.open({ name: store });
    const counts = [];
    for (const sensor of ['a', 'b', 'c', 'many']) {
      counts.push((await db.execute('SELECT at FROM t.readings WHERE sensor = ?', [sensor])).rowLength);
    }
    await db.close();
    return { tables, described, flushed, exported, after, outcomes: [...new Set(outcomes)], counts };
  }, name);
  expect(seen).toEqual({
    tables: ['later', 'readings'],
    described: true,
    flushed: 1,
    exported: [1],
    after: [true, 'ClosedError', 'CLOSED', `The store '${name}' is closed: open it again`],
    outcomes: ['fulfilled'],
    counts: [300, 1, 0, 25_000],
  });
  await page.close();
});

test('close() waits for an export that runs, which can still be cancelled', async () => {
  const { page } = await pageWithStore();
  const seen = await page.evaluate(async () => {
    const { db, cassette } = window;
    await db.execute("INSERT INTO t.readings (sensor, at) VALUES ('a', 1)");
    let bytes = 0;
    const whole = db.export(
      {},
      new WritableStream({
        async write(chunk) {
          await new Promise((resolve) => setTimeout(resolve, 20));
          bytes += chunk.length;
        },
      }),
    );
    const cancel = new AbortController();
    const stuck = db
      .export(
        {},
        new WritableStream({
          write: () => new Promise<void>((resolve) => cancel.signal.addEventListener('abort', () => resolve())),
        }),
        {
          signal: cancel.signal,
        },
      )
      .catch((error) => error instanceof cassette.AbortedError);
    const closing = db.close();
    const report = await whole;
    cancel.abort();
    await closing;
    return [report.bytes === bytes, await stuck];
  });
  expect(seen).toEqual([true, true]);
  await page.close();
});

test('wrong arguments reject their own call with an error that names them', async () => {
  const { page } = await pageWithStore();
  const seen = await page.evaluate(async () => {
    const { cassette } = window;
    // As JavaScript calls, which no compiler looks at.
    const db = window.db as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    const open = cassette.open as (options?: unknown) => Promise<unknown>;
    const insert = 'INSERT INTO t.readings (sensor, at) VALUES (?, ?)';
    const calls = [
      db.execute(insert, ['a', 1], { foo: () => 1 }),
      db.execute(insert, ['a', 1], { timestamp: () => 1 }),
      db.execute(insert),
      db.execute(insert, null),
      db.execute(undefined),
      db.execute(insert, ['a', 2]),
      db.executeMany(insert, null),
      db.batch(null),
      db.write(null),
      db.describe(5),
      db.splitScript(null),
      db.export({ tables: () => 1 }, new WritableStream()),
      db.export({}, null),
      open(),
      open({ name: '' }),
      open({ name: 'ä'.repeat(34) }),
      open({ name: 'x', config: { clock: () => 1 } }),
      open({ name: 'x', schema: 5 }),
    ];
    return (await Promise.allSettled(calls)).map((outcome) =>
      outcome.status === 'fulfilled'
        ? 'fulfilled'
        : `${outcome.reason instanceof cassette.CassetteError} ${outcome.reason.code} ${outcome.reason.message}`,
    );
  });
  const amount = expect.stringMatching(/^true INVALID_REQUEST .*the statement has 2 bind markers, 0 values were given/);
  expect(seen).toEqual([
    'fulfilled',
    'true INVALID_OPTION timestamp has to be a whole number or bigint of microseconds, not a function',
    amount,
    amount,
    'true INVALID_REQUEST execute() takes CQL as a string, not undefined',
    'fulfilled',
    'true INVALID_REQUEST executeMany() takes an array of rows, not null',
    'true INVALID_REQUEST batch() takes an array of statements, not null',
    'true INVALID_REQUEST write() takes encoded mutations, a Uint8Array or an array of them, not null',
    'true INVALID_REQUEST describe() takes the name of a keyspace as a string, not 5',
    'true INVALID_REQUEST splitScript() takes CQL as a string, not null',
    'true INVALID_OPTION options.tables has to be plain data, for it is sent to the worker, not a function',
    'true INVALID_OPTION The sink of export() has to be a WritableStream, not null',
    'true INVALID_OPTION The argument of open() has to be an object with the name of a store, as in open({ name: "survey" }), not undefined',
    expect.stringContaining('true INVALID_STORE_NAME "" cannot name a store'),
    expect.stringContaining('cannot name a store: use 1 to 200 letters, digits, _ or - (others count more)'),
    'true INVALID_OPTION config.clock has to be plain data, for it is sent to the worker, not a function',
    'true INVALID_OPTION schema has to be CQL as a string, not 5',
  ]);
  await page.close();
});

test('errors keep class, code, data, and the caret', async () => {
  const { page } = await pageWithStore();
  const errors = await page.evaluate(async () => {
    const { db, cassette } = window;
    const told = async (call: Promise<unknown>) => {
      const error = (await call.then(
        () => null,
        (thrown) => thrown,
      )) as import('@cassette/client').CqlError;
      return {
        syntax: error instanceof cassette.CqlSyntaxError,
        invalid: error instanceof cassette.InvalidRequestError,
        exists: error instanceof cassette.AlreadyExistsError,
        ours: error instanceof cassette.CassetteError && error instanceof Error,
        name: error.name,
        code: error.code,
        protocolCode: error.protocolCode,
        message: error.message,
        line: error.data.line,
        column: error.data.column,
      };
    };
    return {
      syntax: await told(db.execute('SELECT *\nFORM t.readings')),
      table: await told(db.execute('SELECT * FROM t.nothing')),
      value: await told(db.execute('INSERT INTO t.readings (sensor, at) VALUES (?, ?)', ['a', 'not a number'])),
      exists: await told(db.execute("CREATE KEYSPACE t WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}")),
      bound: await told(db.execute('SELECT * FROM t.readings WHERE sensor = ?', [() => 1])),
    };
  });
  expect(errors.syntax).toMatchObject({
    syntax: true,
    ours: true,
    name: 'CqlSyntaxError',
    code: 'SYNTAX_ERROR',
    protocolCode: 0x2000,
    line: 2,
    column: 1,
  });
  expect(errors.syntax.message).toMatch(/\nFORM t\.readings\n\^$/);
  expect(errors.table).toMatchObject({ invalid: true, name: 'InvalidRequestError', protocolCode: 0x2200 });
  expect(errors.value).toMatchObject({ invalid: true, code: 'INVALID_REQUEST' });
  expect(errors.value.message).toMatch(/\bat\b/);
  expect(errors.value.message).toMatch(/\bint\b/);
  expect(errors.exists).toMatchObject({ exists: true, protocolCode: 0x2400 });
  expect(errors.bound).toMatchObject({ ours: true, code: 'UNSUPPORTED_VALUE' });
  await page.close();
});

test('a second tab shares the store, which nobody destroys meanwhile, and holds it when the first one has closed it', async () => {
  const { page, name } = await pageWithStore();
  await page.evaluate(() => window.db.execute("INSERT INTO t.readings (sensor, at) VALUES ('kept', 1)"));
  const second = await newPage();
  const read = () =>
    second.evaluate(async () => {
      const { rows } = await window.db.execute('SELECT sensor, at FROM t.readings');
      return [window.db.role, ...rows.map((row) => row.values())];
    });
  await second.evaluate(async (store) => {
    window.db = await window.cassette.open({ name: store });
  }, name);
  expect(await read()).toEqual(['client', ['kept', 1]]);
  const destroyed = await second.evaluate(
    (store) =>
      window.cassette.destroy(store).then(
        () => 'destroyed',
        (error) => error.code,
      ),
    name,
  );
  expect(destroyed).toBe('STORE_LOCKED');
  await page.evaluate(() => window.db.close());
  await second.waitForFunction(() => window.db.role === 'owner');
  expect(await read()).toEqual(['owner', ['kept', 1]]);
  await page.close();
  await second.close();
});

test('a store whose tab was closed is free for the next one', async () => {
  const { page, name } = await pageWithStore();
  await page.close();
  const next = await newPage();
  const found = await next.evaluate(async (store) => {
    window.db = await window.cassette.open({ name: store });
    return (await window.db.metadata()).map((keyspace) => [keyspace.name, keyspace.tables.map((table) => table.name)]);
  }, name);
  expect(found).toEqual([['t', ['readings']]]);
  await next.close();
});

test('when the worker dies, another one takes its calls over that may be repeated, and says so of the others', async () => {
  const page = await newPage();
  const name = `client ${stores++}`;
  const seen = await page.evaluate(
    async ([store, cql]) => {
      const workers: Worker[] = [];
      const BrowsersWorker = globalThis.Worker;
      globalThis.Worker = class extends BrowsersWorker {
        constructor(url: string | URL, options?: WorkerOptions) {
          super(url, options);
          workers.push(this);
        }
      };
      const db = await window.cassette.open({ name: store, schema: cql });
      await db.execute("INSERT INTO t.readings (sensor, at) VALUES ('kept', 1)");
      const pending = [
        db.executeMany(
          'INSERT INTO t.readings (sensor, at) VALUES (?, ?)',
          Array.from({ length: 9000 }, (_, i) => ['s', i]),
        ),
        db.flush(),
        db.stats(),
        db.execute("INSERT INTO t.readings (sensor, at) VALUES ('once', 1) IF NOT EXISTS"),
      ];
      const outcomes = Promise.all(
        pending.map((call) =>
          (call as Promise<unknown>).then(
            () => 'resolved',
            (error) => [error instanceof window.cassette.OwnerLostError, error.code],
          ),
        ),
      );
      await Promise.resolve();
      workers[0].terminate();
      const under = await outcomes;
      const later = (await db.execute("SELECT at FROM t.readings WHERE sensor IN ('s', 'kept')")).rowLength;
      const { role } = db;
      await db.close();
      return { under, later, role, closed: await db.closed, workers: workers.length };
    },
    [name, schema] as const,
  );
  const done = 'resolved';
  const under = [done, done, done, [true, 'OWNER_LOST']];
  expect(seen).toEqual({ under, later: 9001, role: 'owner', closed: null, workers: 2 });
  await page.close();
});

test('a worker script that is not there is told, not waited for', async () => {
  const page = await newPage();
  const error = await page.evaluate(() =>
    window.cassette.open({ name: 'x', workerUrl: '/nowhere.js' }).then(
      () => null,
      (thrown) => [thrown instanceof window.cassette.WorkerDiedError, thrown.code, thrown.message],
    ),
  );
  expect(error).toEqual([
    true,
    'WORKER_DIED',
    `The worker could not start (${server.url}nowhere.js): its script did not load; the server answers 404 for it`,
  ]);
  await page.close();
});

test("a worker script that is not Cassette's is told as well", async () => {
  const page = await newPage();
  const errors = await page.evaluate(async () => {
    const told = (workerUrl: string) =>
      window.cassette.open({ name: 'x', workerUrl }).then(
        () => null,
        (thrown) => [thrown instanceof window.cassette.WorkerDiedError, thrown.message],
      );
    return Promise.all([told('/silent-worker.js'), told('/other-worker.js')]);
  });
  const url = (file: string) => `The worker could not start (${server.url}${file})`;
  expect(errors).toEqual([
    [true, `${url('silent-worker.js')}: its script did not start Cassette: it is not Cassette's worker.js`],
    [true, `${url('other-worker.js')}: Uncaught TypeError: this is another app's worker`],
  ]);
  await page.close();
});

test('without OPFS a page is told, or goes on in memory if it says so', async () => {
  const page = await newPage();
  const seen = await page.evaluate(async (cql) => {
    const workerUrl = '/worker-without-opfs.js';
    const refused = await window.cassette.open({ name: 'none', workerUrl }).then(
      () => null,
      (thrown) => thrown,
    );
    const db = await window.cassette.open({ name: 'none', workerUrl, allowInMemory: true, schema: cql });
    await db.execute("INSERT INTO t.readings (sensor, at) VALUES ('a', 1)");
    await db.flush();
    const rows = (await db.execute('SELECT at FROM t.readings')).rowLength;
    const { persistent, inMemoryReason } = db;
    await db.close();
    return {
      refused: [refused instanceof window.cassette.StorageUnsupportedError, refused.code],
      message: refused.message,
      rows,
      persistent,
      inMemoryReason,
    };
  }, schema);
  expect(seen.refused).toEqual([true, 'STORAGE_UNSUPPORTED']);
  expect(seen.message).toMatch(/^This browser can't keep data here: .+\. Pass \{ allowInMemory: true \} to open\(\)/);
  expect([seen.rows, seen.persistent]).toEqual([1, false]);
  expect(seen.inMemoryReason).toContain('OPFS');
  await page.close();
});

test('an export is a zip of SSTables, a slow sink is waited for, and progress ends at the end', async () => {
  const { page } = await pageWithStore();
  const seen = await page.evaluate(async () => {
    const { db } = window;
    const noise = (n: number) => crypto.getRandomValues(new Uint8Array(n));
    const rows = Array.from({ length: 9000 }, (_, i) => [`s${i % 90}`, i, noise(600)]);
    await db.executeMany('INSERT INTO t.readings (sensor, at, raw) VALUES (?, ?, ?)', rows);
    let writing = 0;
    let writingMax = 0;
    let bytes = 0;
    let ahead = 0;
    let done = 0;
    let total = 0;
    let backwards = 0;
    const sink = new WritableStream<Uint8Array>({
      async write(chunk) {
        writingMax = Math.max(writingMax, ++writing);
        await new Promise((resolve) => setTimeout(resolve, 15));
        bytes += chunk.length;
        ahead = Math.max(ahead, done - bytes);
        writing--;
      },
    });
    const report = await db.export({}, sink, {
      onProgress: ({ bytesDone, bytesTotal }) => {
        if (bytesDone < done) backwards++;
        done = bytesDone;
        total = bytesTotal;
      },
    });
    return {
      writingMax,
      bytes,
      ahead,
      progress: [done === total, backwards],
      report: { ...report, sstables: report.sstables.map(({ rows: n, partitions, data }) => ({ n, partitions, data })) },
    };
  });
  expect(seen.bytes).toBe(seen.report.bytes);
  expect(seen.bytes).toBeGreaterThan(5_000_000);
  expect(seen.writingMax).toBe(1);
  // The worker is ahead of the sink by a few chunks, never by the whole export.
  expect(seen.ahead).toBeLessThan(2_000_000);
  expect(seen.progress).toEqual([true, 0]);
  expect(seen.report).toMatchObject({
    format: 'nb',
    keyspaces: ['t'],
    sstables: [{ n: 9000, partitions: 90, data: expect.stringMatching(/^t\/readings\/nb-\d+-big-Data\.db$/) }],
  });
  await page.close();
});

test('an export that is cancelled rejects, aborts its sink, and leaves the store as it was', async () => {
  const { page } = await pageWithStore();
  const seen = await page.evaluate(async () => {
    const { db, cassette } = window;
    const noise = (n: number) => crypto.getRandomValues(new Uint8Array(n));
    const rows = Array.from({ length: 6000 }, (_, i) => [`s${i % 90}`, i, noise(600)]);
    await db.executeMany('INSERT INTO t.readings (sensor, at, raw) VALUES (?, ?, ?)', rows);
    const cancel = new AbortController();
    let aborted = false;
    const sink = () =>
      new WritableStream<Uint8Array>({
        async write() {
          cancel.abort();
          await new Promise((resolve) => setTimeout(resolve, 20));
        },
        abort() {
          aborted = true;
        },
      });
    const told = (call: Promise<unknown>) =>
      call.then(
        () => 'resolved',
        (error) => [error instanceof cassette.AbortedError, error.code],
      );
    const midway = await told(db.export({}, sink(), { signal: cancel.signal }));
    const before = await told(db.export({}, sink(), { signal: cancel.signal }));
    const refused = await db
      .export({}, new WritableStream({ write: () => Promise.reject(new RangeError('the sink is full')) }))
      .then(
        () => 'resolved',
        (error) => [error instanceof RangeError, error.message],
      );
    const after = await db.execute('SELECT COUNT(*) FROM t.readings').then(
      (result) => String(result.first()?.get(0)),
      async () => String((await db.execute('SELECT at FROM t.readings')).rowLength),
    );
    let bytes = 0;
    const whole = await db.export(
      {},
      new WritableStream({
        write(chunk) {
          bytes += chunk.length;
        },
      }),
    );
    return { midway, before, refused, aborted, after, whole: whole.bytes === bytes };
  });
  expect(seen).toEqual({
    midway: [true, 'ABORTED'],
    before: [true, 'ABORTED'],
    refused: [true, 'the sink is full'],
    aborted: true,
    after: '6000',
    whole: true,
  });
  await page.close();
});

test('an export as a download is a zip with the schema and the eight components of each table', async () => {
  const { page, name } = await pageWithStore();
  await page.evaluate(async () => {
    for (let i = 0; i < 50; i++) await window.db.execute('INSERT INTO t.readings (sensor, at) VALUES (?, ?)', ['a', i]);
  });
  const downloading = page.waitForEvent('download');
  const report = await page.evaluate(() =>
    window.cassette.exportToFile(window.db, {}, { picker: false, suggestedName: 'survey.zip' }),
  );
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('survey.zip');
  const zip = await readFile(await download.path());
  expect(zip.length).toBe(report.bytes);
  const files = unzipSync(zip);
  const generation = /nb-(\d+)-big/.exec(report.sstables[0].data)![1];
  const components = [
    'CompressionInfo.db',
    'Data.db',
    'Digest.crc32',
    'Filter.db',
    'Index.db',
    'Statistics.db',
    'Summary.db',
    'TOC.txt',
  ];
  expect(Object.keys(files).sort()).toEqual(
    [
      ...components.map((component) => `t/readings/nb-${generation}-big-${component}`),
      ...['README.md', 'SHA256SUMS', 'load.sh', 'manifest.json', 't/schema.cql'],
    ].sort(),
  );
  expect(new TextDecoder().decode(files['t/schema.cql'])).toContain('CREATE TABLE IF NOT EXISTS t.readings');
  const left = await page.evaluate(async (store) => {
    const folders = async () => {
      const all = await (await navigator.storage.getDirectory()).getDirectoryHandle('cassette-downloads');
      const found: [string, string[]][] = [];
      for await (const [folder, handle] of all as unknown as AsyncIterable<[string, FileSystemDirectoryHandle]>) {
        const files: string[] = [];
        for await (const file of (handle as unknown as { keys(): AsyncIterable<string> }).keys()) files.push(file);
        found.push([folder, files.map((file) => file.replace(/.*\./, ''))]);
      }
      return found;
    };
    const { cassette, db } = window;
    const offered = await folders();
    await db.close();
    const realNow = Date.now;
    Date.now = () => realNow() + 3_700_000;
    const again = await cassette.open({ name: store });
    Date.now = realNow;
    const later = await folders();
    await cassette.exportToFile(again, {}, { picker: false });
    await again.close();
    await cassette.destroy(store);
    return [offered, later, await folders()];
  }, name);
  const folder = name.replace(' ', '%20');
  expect(left).toEqual([[[folder, ['zip']]], [[folder, []]], []]);
  await page.close();
});

test('destroy removes a store with all that is in it', async () => {
  const { page, name } = await pageWithStore();
  const keyspaces = await page.evaluate(async (store) => {
    await window.db.execute("INSERT INTO t.readings (sensor, at) VALUES ('a', 1)");
    await window.db.flush();
    await window.db.close();
    await window.db.close();
    const closed = await window.db.flush().then(
      () => 'resolved',
      (error) => error.code,
    );
    await window.cassette.destroy(store);
    const db = await window.cassette.open({ name: store });
    const found = await db.metadata();
    await db.close();
    return [closed, found];
  }, name);
  expect(keyspaces).toEqual(['CLOSED', []]);
  await page.close();
});

test('Firefox writes, is closed, and reads again what it wrote', async () => {
  test.skip(firefoxMissing !== null, firefoxMissing ?? '');
  const profile = join(folder, 'firefox');
  await inFirefox(profile, server.url, async (page) => {
    const code = await page.evaluate(async (cql) => {
      const db = await window.cassette.open({ name: 'fox', schema: cql });
      await db.executeMany(
        'INSERT INTO t.readings (sensor, at, value) VALUES (?, ?, ?)',
        Array.from({ length: 2000 }, (_, i) => ['a', i, i / 4]),
      );
      await db.flush();
      await db.execute("INSERT INTO t.readings (sensor, at) VALUES ('log', 1)");
      return db.execute('SELECT').catch((error) => error.code);
    }, schema);
    expect(code).toBe('SYNTAX_ERROR');
  });
  await inFirefox(profile, server.url, async (page) => {
    const seen = await page.evaluate(async () => {
      const db = await window.cassette.open({ name: 'fox' });
      const rows = await db.execute('SELECT sensor, at FROM t.readings');
      // Firefox has no file picker: this is a download.
      const report = await window.cassette.exportToFile(db);
      return [rows.rowLength, db.recovery.mutationsReplayed, report.sstables[0].partitions];
    });
    expect(seen).toEqual([2001, 1, 2]);
  });
});
