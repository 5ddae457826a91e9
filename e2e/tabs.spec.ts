// Many tabs of real browsers on one store: closed, crashed, killed and frozen while they write.

import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import type { Page as PuppeteerPage } from 'puppeteer-core';
import { firefoxMissing, startFirefox } from './browser/firefox.ts';
import { useKillableChromium } from './browser/site.ts';
import { startUnfocusedChromium } from './browser/unfocused-chromium.ts';

/** What pages/page.js puts on the window, and what tests keep there. */
interface TestWindow {
  cassette: typeof import('@cassette/client');
  db: import('@cassette/client').RemoteDatabase;
  log: WriteLog;
  worker: Worker;
}
declare const window: TestWindow;

/** How the writes of a tab ended. */
interface WriteLog {
  readonly acknowledged: number[];
  readonly failed: string[];
  /** Calls without an answer. */
  open: number;
  isEnding: boolean;
}

const schema = 'CREATE TABLE IF NOT EXISTS t (tab int, n int, v text, PRIMARY KEY (tab, n))';

const site = useKillableChromium();
let stores = 0;

/** Opens the store in a page, as `window.db`. */
function openStore([name, cql]: readonly [string, string]): Promise<string | null> {
  return window.cassette.open({ name, schema: cql }).then((db) => {
    window.db = db;
    return db.role;
  });
}

/** Writes rows of a tab, three at a time, until it is told to end, and notes what became of each. */
function startWriting(tab: number): void {
  const log: WriteLog = { acknowledged: [], failed: [], open: 0, isEnding: false };
  window.log = log;
  let next = 0;
  const write = async () => {
    while (!log.isEnding) {
      const n = next++;
      log.open++;
      await window.db.execute('INSERT INTO t (tab, n, v) VALUES (?, ?, ?)', [tab, n, `v${n}`]).then(
        () => log.acknowledged.push(n),
        (error) => log.failed.push(`${error.code} ${error.message}`),
      );
      log.open--;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  for (let i = 0; i < 3; i++) void write();
}

/** Ends the writing; resolves when each call has its answer. */
async function endWriting(): Promise<WriteLog> {
  window.log.isEnding = true;
  const until = performance.now() + 120_000;
  while (window.log.open > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
  return window.log;
}

/** The rows of a tab. */
async function rowsOf(tab: number): Promise<number[]> {
  return (await window.db.execute('SELECT n FROM t WHERE tab = ?', [tab])).rows.map((row) => row.n as number);
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The tab that owns the store. */
async function ownerOf(tabs: ReadonlySet<Page>): Promise<Page> {
  for (;;) {
    for (const tab of tabs) if ((await tab.evaluate(() => window.db.role)) === 'owner') return tab;
    await pause(50);
  }
}

/** The tab's renderer dies. */
async function crash(tab: Page): Promise<void> {
  const crashed = tab.waitForEvent('crash');
  const session = await site.chromium.context.newCDPSession(tab);
  // The answer dies with it.
  session.send('Page.crash').catch(() => undefined);
  await crashed;
  await tab.close();
}

test('twenty tabs write while owners close and crash: every acknowledged write is there, no call is left open', async () => {
  const name = `tabs ${stores++}`;
  const tabs = new Set<Page>();
  const numbers = new Map<Page, number>();
  for (let i = 0; i < 20; i++) {
    const tab = await site.newTab();
    await tab.evaluate(openStore, [name, schema] as const);
    await tab.evaluate(startWriting, i);
    tabs.add(tab);
    numbers.set(tab, i);
  }
  // What a tab has acknowledged is asked before it goes, as a page that is gone can't be asked.
  const gone = new Map<number, number[]>();
  for (let round = 0; round < 8; round++) {
    await pause(300);
    const owner = await ownerOf(tabs);
    tabs.delete(owner);
    gone.set(numbers.get(owner)!, await owner.evaluate(() => [...window.log.acknowledged]));
    if (round % 2 === 0) await crash(owner);
    else await owner.close();
  }
  await pause(300);
  const last = await ownerOf(tabs);
  for (const tab of tabs) {
    await tab.waitForFunction(() => window.log.acknowledged.length > 20);
    const { acknowledged, failed, open } = await tab.evaluate(endWriting);
    expect([failed, open]).toEqual([[], 0]);
    gone.set(numbers.get(tab)!, acknowledged);
  }
  for (const [tab, acknowledged] of gone) {
    expect(await last.evaluate(rowsOf, tab)).toEqual(expect.arrayContaining(acknowledged));
  }
  for (const tab of tabs) await tab.close();
});

test('a worker that is killed is followed by another, for its own tab too; events, USE and exports go on', async () => {
  const name = `tabs ${stores++}`;
  const [first, second] = [await site.newTab(), await site.newTab()];
  await first.evaluate(() => {
    const BrowsersWorker = globalThis.Worker;
    globalThis.Worker = class extends BrowsersWorker {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        window.worker = this;
      }
    };
  });
  expect(await first.evaluate(openStore, [name, schema] as const)).toBe('owner');
  expect(await second.evaluate(openStore, [name, schema] as const)).toBe('client');
  await second.evaluate(async () => {
    await window.db.execute("CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
    await window.db.execute('USE k');
    await window.db.execute('CREATE TABLE mine (p int PRIMARY KEY)');
  });
  await first.evaluate(startWriting, 1);
  await second.evaluate(() => {
    const events: string[] = [];
    return window.db.listen((all) => events.push(...all.map(({ type }) => type))).then(() => Object.assign(window, { events }));
  });
  await pause(100);
  await first.evaluate(() => window.worker.terminate());
  await second.evaluate(() => window.db.execute('INSERT INTO mine (p) VALUES (1)'));
  await pause(100);
  const { acknowledged, failed, open } = await first.evaluate(endWriting);
  expect([failed, open]).toEqual([[], 0]);
  expect(await first.evaluate(rowsOf, 1)).toEqual(expect.arrayContaining(acknowledged));
  expect([await first.evaluate(() => window.db.role), await second.evaluate(() => window.db.role)].sort()).toEqual([
    'client',
    'owner',
  ]);
  const bytes = await first.evaluate(async () => {
    let sum = 0;
    await window.db.export(
      {},
      new WritableStream<Uint8Array>({
        write(chunk) {
          sum += chunk.length;
        },
      }),
    );
    await window.db.flush();
    return sum;
  });
  expect(bytes).toBeGreaterThan(1000);
  await second.waitForFunction(() => (window as unknown as { events: string[] }).events.length > 0);
  await first.close();
  await second.close();
});

test('a page that is frozen gives the store up, and is a client when it goes on', async () => {
  const name = `tabs ${stores++}`;
  const browser = await startUnfocusedChromium(join(site.folder, 'unfocused'));
  try {
    const tabs: PuppeteerPage[] = [];
    for (let i = 0; i < 2; i++) {
      const tab = await browser.newPage();
      await tab.goto(site.url);
      await tab.waitForFunction(() => window.cassette !== undefined);
      await tab.evaluate(openStore, [name, schema] as const);
      await tab.evaluate(startWriting, i);
      tabs.push(tab);
    }
    const [first, second] = tabs;
    await pause(200);
    const session = await first.createCDPSession();
    await session.send('Page.setWebLifecycleState', { state: 'frozen' });
    await second.waitForFunction(() => window.db.role === 'owner', { polling: 50, timeout: 120_000 });
    await pause(200);
    await session.send('Page.setWebLifecycleState', { state: 'active' });
    await first.waitForFunction(() => window.db.role === 'client', { polling: 50, timeout: 120_000 });
    await pause(200);
    for (const [tab, page] of tabs.entries()) {
      const { acknowledged, failed, open } = await page.evaluate(endWriting);
      expect([failed, open]).toEqual([[], 0]);
      expect(await second.evaluate(rowsOf, tab)).toEqual(expect.arrayContaining(acknowledged));
    }
  } finally {
    await browser.close();
  }
});

/** What a worker answers. */
type Answer = { value?: unknown; error?: [string, string] };

test('dedicated, shared and service workers are served; without a tab the last two are told so', async () => {
  const name = `tabs ${stores++}`;
  const page = await site.newTab();
  const ask = (kind: 'shared' | 'service' | 'dedicated', command: string, ...args: unknown[]) =>
    page.evaluate(
      async ([to, message]) => {
        const { port1, port2 } = new MessageChannel();
        const workers = window as unknown as Record<string, MessagePort | Worker>;
        if (to === 'service') {
          await navigator.serviceWorker.register('/tabs-service-worker.js', { type: 'module' });
          (await navigator.serviceWorker.ready).active!.postMessage(message, [port2]);
        } else if (to === 'shared') {
          workers.shared ??= new SharedWorker('/tabs-shared-worker.js', { type: 'module' }).port;
        } else {
          workers.dedicated ??= new Worker('/tabs-dedicated-worker.js', { type: 'module' });
        }
        const port = (to === 'service' ? port1 : workers[to]) as MessagePort;
        if (to !== 'service') port.postMessage(message);
        return new Promise<Answer>((resolve) => {
          port.onmessage = ({ data }) => resolve(data);
        });
      },
      [kind, { command, args }] as const,
    );
  expect((await ask('shared', 'open', { name, schema })).error?.[0]).toBe('NO_OWNER');
  expect((await ask('service', 'open', { name, schema })).error?.[0]).toBe('NO_OWNER');
  expect(await ask('dedicated', 'open', { name, schema })).toEqual({ value: 'owner' });
  expect(await ask('shared', 'open', { name, schema, ownerless: 'wait' })).toEqual({ value: 'client' });
  expect(await ask('service', 'open', { name, schema })).toEqual({ value: 'client' });
  expect(await page.evaluate(openStore, [name, schema] as const)).toBe('client');
  const kinds = ['shared', 'service', 'dedicated'] as const;
  const insert = 'INSERT INTO t (tab, n, v) VALUES (?, ?, ?)';
  for (const [n, kind] of kinds.entries()) expect(await ask(kind, 'execute', insert, [1, n, kind])).toEqual({ value: [] });
  // What starts a worker of its own says who can do it.
  for (const kind of ['shared', 'service'] as const) {
    for (const [call, ...args] of [
      ['copyStore', name, 'other'],
      ['changePassphrase', name, 'old', 'next'],
    ] as const) {
      const { error } = await ask(kind, call, ...args);
      expect(error).toEqual(['NO_WORKER', expect.stringContaining(`${call}() needs`)]);
    }
  }
  for (const kind of ['shared', 'service'] as const) expect((await ask(kind, 'list')).value).toContain(name);
  await ask('dedicated', 'close');
  await page.waitForFunction(() => window.db.role === 'owner');
  for (const kind of ['shared', 'service'] as const) {
    expect(await ask(kind, 'execute', 'SELECT v FROM t WHERE tab = 1')).toEqual({ value: kinds.map((v) => [v]) });
  }
  await page.close();
});

test('Firefox: tabs write while their owners close, and a shared worker is served', async () => {
  test.skip(firefoxMissing !== null, firefoxMissing ?? '');
  const browser = await startFirefox(join(site.folder, 'firefox'));
  try {
    const name = `tabs ${stores++}`;
    const tabs: PuppeteerPage[] = [];
    for (let i = 0; i < 5; i++) {
      const tab = await browser.newPage();
      await tab.goto(site.url);
      await tab.waitForFunction(() => window.cassette !== undefined);
      await tab.evaluate(openStore, [name, schema] as const);
      await tab.evaluate(startWriting, i);
      tabs.push(tab);
    }
    const acknowledged = new Map<number, number[]>();
    // Tabs queue in the order in which they came.
    for (let i = 0; i < 3; i++) {
      await pause(500);
      await tabs[i].waitForFunction(() => window.db.role === 'owner' && window.log.acknowledged.length > 10);
      acknowledged.set(i, await tabs[i].evaluate(() => [...window.log.acknowledged]));
      await tabs[i].close();
    }
    await pause(500);
    for (const i of [3, 4]) {
      await tabs[i].waitForFunction(() => window.log.acknowledged.length > 10);
      const log = await tabs[i].evaluate(endWriting);
      expect([log.failed, log.open]).toEqual([[], 0]);
      acknowledged.set(i, log.acknowledged);
    }
    for (const [tab, written] of acknowledged) {
      expect(await tabs[4].evaluate(rowsOf, tab)).toEqual(expect.arrayContaining(written));
    }
    const answers = await tabs[4].evaluate(
      async (store, cql) => {
        const { port } = new SharedWorker('/tabs-shared-worker.js', { type: 'module' });
        const ask = (message: unknown) =>
          new Promise<unknown>((resolve) => {
            port.onmessage = ({ data }) => resolve(data);
            port.postMessage(message);
          });
        const role = await ask({ command: 'open', args: [{ name: store, schema: cql }] });
        return [role, await ask({ command: 'execute', args: ['SELECT v FROM t WHERE tab = 0 AND n = 0'] })];
      },
      name,
      schema,
    );
    expect(answers).toEqual([{ value: 'client' }, { value: [['v0']] }]);
  } finally {
    await browser.close();
  }
});
