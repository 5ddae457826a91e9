import { expect, test } from 'vitest';
import { installErrorTransfer } from '../errors/error-transfer.ts';
import type { RemoteDatabase } from '../page/remote-database.ts';
import { FakeBrowser } from './testing/fake-browser.ts';
import { FakeStore, type FakeTab } from './testing/fake-tabs.ts';
import { unowned } from './unowned.ts';

installErrorTransfer();

const schema = `CREATE TABLE t (tab int, n int, v text, PRIMARY KEY (tab, n)); CREATE TABLE c (id int PRIMARY KEY, n counter)`;

/** Numbers from 0 up to but without 1, decided by a seed. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 0x100000000;
  };
}

/** What a tab's calls came to. */
interface Outcomes {
  /** Rows whose INSERT resolved, and increments that did. */
  readonly written: number[];
  increments: number;
  /** Increments of which nobody knows. */
  unknown: number;
  /** Codes of other errors. */
  readonly errors: string[];
  isDone: boolean;
}

/** Calls of a tab, two at a time, of each of which it is noted how it ended. */
function work(tab: FakeTab, id: number, calls: number): Outcomes {
  const outcomes: Outcomes = { written: [], increments: 0, unknown: 0, errors: [], isDone: false };
  const failed = (error: { code?: string }) => {
    outcomes.errors.push(error.code ?? String(error));
  };
  const one = async (database: RemoteDatabase, n: number) => {
    const insert = database.execute('INSERT INTO t (tab, n, v) VALUES (?, ?, ?)', [id, n, `v${n}`]).then(() => {
      outcomes.written.push(n);
    }, failed);
    const count = database.execute('UPDATE c SET n = n + 1 WHERE id = 1').then(
      () => {
        outcomes.increments++;
      },
      (error) => {
        if (error.code === 'OWNER_LOST') outcomes.unknown++;
        else failed(error);
      },
    );
    await Promise.all([insert, count]);
    const { rowLength } = await database.execute('SELECT n FROM t WHERE tab = ?', [id]);
    if (rowLength < outcomes.written.length) outcomes.errors.push(`${outcomes.written.length} written, ${rowLength} read`);
  };
  const run = async () => {
    const database = await tab.database;
    for (let n = 0; n < calls; n++) await one(database, n);
  };
  run()
    .catch(failed)
    .finally(() => {
      outcomes.isDone = true;
    });
  return outcomes;
}

/** Everything that was acknowledged is there, when one more tab looks. */
async function check(browser: FakeBrowser, store: FakeStore, all: readonly Outcomes[]): Promise<void> {
  browser.onStep = () => undefined;
  const tab = store.newTab();
  let found: { rows: string[]; count: bigint } | null = null;
  const look = async () => {
    const database = await tab.database;
    const rows = (await database.execute('SELECT tab, n FROM t')).rows.map((row) => `${row.tab} ${row.n}`);
    const count = ((await database.execute('SELECT n FROM c WHERE id = 1')).first()?.n ?? 0n) as bigint;
    found = { rows, count };
  };
  const looking = look();
  await browser.runUntil(() => found !== null);
  await looking;
  const { rows, count } = found as unknown as { rows: string[]; count: bigint };
  expect(rows).toEqual(expect.arrayContaining(all.flatMap(({ written }, id) => written.map((n) => `${id} ${n}`))));
  const increments = all.reduce((sum, one) => sum + one.increments, 0);
  const unknown = all.reduce((sum, one) => sum + one.unknown, 0);
  expect(Number(count)).toBeGreaterThanOrEqual(increments);
  // A tab that was killed knows nothing of its last one.
  expect(Number(count)).toBeLessThanOrEqual(increments + unknown + all.filter(({ isDone }) => !isDone).length);
  tab.kill();
}

/** Two tabs that work, and something that happens at a step. Gives how many steps there were. */
async function scenario(seed: number, step: number, happens: (owner: FakeTab, browser: FakeBrowser) => void): Promise<number> {
  const browser = new FakeBrowser(randomOf(seed));
  const store = new FakeStore(browser, schema);
  const tabs = [store.newTab(), store.newTab(), store.newTab()];
  const outcomes = tabs.map((tab, id) => work(tab, id, 3));
  browser.onStep = (now) => {
    if (now === step) happens(tabs.find(({ link }) => link.role === 'owner') ?? tabs[0], browser);
  };
  const living = () => outcomes.filter((_, id) => tabs[id].context.isAlive);
  await browser.runUntil(() => living().every(({ isDone }) => isDone));
  const { steps } = browser;
  expect(living().flatMap(({ errors }) => errors)).toEqual([]);
  for (const tab of tabs) tab.kill();
  await check(browser, store, outcomes);
  return steps;
}

test('tabs share a store: one owns it, the others are served by it', async () => {
  const browser = new FakeBrowser(randomOf(1));
  const store = new FakeStore(browser, schema);
  const tabs = Array.from({ length: 5 }, () => store.newTab());
  const outcomes = tabs.map((tab, id) => work(tab, id, 5));
  await browser.runUntil(() => outcomes.every(({ isDone }) => isDone));
  expect(tabs.map(({ link }) => link.role).sort()).toEqual(['client', 'client', 'client', 'client', 'owner']);
  expect(outcomes.map(({ written, increments, errors }) => [written.length, increments, errors])).toEqual(
    tabs.map(() => [5, 5, []]),
  );
  expect(store.openings).toBe(1);
  for (const tab of tabs) tab.kill();
  await check(browser, store, outcomes);
});

test('whichever message the owner dies after: nothing acknowledged is lost, and no call is left hanging', async () => {
  const steps = await scenario(7, 0, () => undefined);
  expect(steps).toBeGreaterThan(60);
  for (let step = 1; step <= steps; step += 2) await scenario(7, step, (owner) => owner.kill());
});

test('whichever message the worker of the owner dies after', async () => {
  for (let step = 3; step <= 200; step += 8) await scenario(step, step, (owner) => owner.killWorker());
});

test('frozen with a word, it gives the store up, and is a client when it goes on', async () => {
  for (let step = 5; step <= 75; step += 5) {
    await scenario(step, step, (owner, browser) => {
      owner.freeze(true);
      browser.later(browser.newContext(), () => owner.thaw(true), 5000);
    });
  }
});

test('random deaths, closings and freezings of random tabs, and new tabs', async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const random = randomOf(seed);
    const browser = new FakeBrowser(random);
    const store = new FakeStore(browser, schema);
    const tabs: FakeTab[] = [];
    const outcomes: Outcomes[] = [];
    const begin = () => {
      tabs.push(store.newTab());
      outcomes.push(work(tabs[tabs.length - 1], outcomes.length, 4));
    };
    for (let i = 0; i < 4; i++) begin();
    const keeper = browser.newContext();
    browser.onStep = () => {
      if (random() > 0.02 || tabs.length > 10) return;
      const owners = tabs.filter(({ link }) => link.role === 'owner');
      const among = owners.length > 0 && random() < 0.7 ? owners : tabs;
      const tab = among[Math.floor(random() * among.length)];
      const how = random();
      if (how < 0.4) tab.kill();
      else if (how < 0.7) tab.killWorker();
      else if (!tab.context.isFrozen && tab.context.isAlive) {
        tab.freeze(true);
        browser.later(keeper, () => tab.thaw(true), 3000);
      }
      begin();
    };
    await browser.runUntil(() => outcomes.every(({ isDone }, id) => isDone || !tabs[id].context.isAlive));
    // What kills the workers of three owners in a row is no accident for the call that saw all three.
    expect(outcomes.flatMap(({ errors }) => errors).filter((code) => code !== 'OWNER_LOST' && code !== 'WORKER_DIED')).toEqual(
      [],
    );
    for (const tab of tabs) tab.kill();
    await check(browser, store, outcomes);
  }
});

test('an owner that runs no code any more, and was not told, loses the store when its files are free; until then calls say so', async () => {
  const browser = new FakeBrowser(randomOf(3));
  const store = new FakeStore(browser, schema);
  const owner = store.newTab();
  await browser.runUntil(() => owner.link.role === 'owner');
  const other = store.newTab();
  await browser.runUntil(() => other.link.role === 'client');
  const database = await other.database;
  owner.freeze(false);
  const from = browser.now;
  const error = await settled(
    browser,
    database.execute('SELECT * FROM t').catch(({ code }) => code),
  );
  expect([error, browser.now - from > 9000, browser.now - from < 30_000]).toEqual(['STORE_LOCKED', true, true]);
  owner.thaw(false);
  const rows = await settled(
    browser,
    retried(browser, () => database.execute('SELECT * FROM t')),
  );
  expect([rows.rowLength, other.link.role]).toEqual([0, 'owner']);
  await browser.runUntil(() => owner.link.role === 'client');
});

test('a subscription made while a frozen owner has the files waits as long as a call, says so as a call does, and begins when they are free', async () => {
  for (const isClosed of [false, true]) {
    const browser = new FakeBrowser(randomOf(6));
    const store = new FakeStore(browser, schema);
    const owner = store.newTab();
    await browser.runUntil(() => owner.link.role === 'owner');
    const other = store.newTab();
    await browser.runUntil(() => other.link.role === 'client');
    const database = await other.database;
    await settled(browser, database.execute("INSERT INTO t (tab, n, v) VALUES (1, 1, 'a')"));
    owner.freeze(false);
    const from = browser.now;
    const told: string[] = [];
    const shown: number[] = [];
    const onError = ({ code }: { code: string }) => told.push(code);
    const subscription = database.subscribe('SELECT n FROM t', null, { onError: onError as never }, (rows) =>
      shown.push(rows.length),
    );
    const waited = await settled(
      browser,
      subscription.ready.catch(({ code }) => [code, browser.now - from]),
    );
    const [code, milliseconds] = waited as [string, number];
    expect([code, milliseconds > 9000, milliseconds < 30_000, subscription.closed]).toEqual(['STORE_LOCKED', true, true, false]);
    // Nobody calls: it asks by itself.
    browser.later(browser.newContext(), () => (isClosed ? owner.kill() : owner.thaw(false)), 60_000);
    await browser.runUntil(() => shown.length > 0);
    await settled(browser, database.execute("INSERT INTO t (tab, n, v) VALUES (1, 2, 'a')"));
    await browser.runUntil(() => shown.length > 1);
    expect([shown, told, subscription.closed]).toEqual([[1, 2], ['STORE_LOCKED'], false]);
    subscription.close();
  }
});

test('a subscription whose statement the next owner refuses ends with what it says', async () => {
  const browser = new FakeBrowser(randomOf(7));
  const store = new FakeStore(browser, schema);
  const owner = store.newTab();
  await browser.runUntil(() => owner.link.role === 'owner');
  const third = store.newTab();
  await browser.runUntil(() => third.link.role === 'client');
  const other = store.newTab();
  await browser.runUntil(() => other.link.role === 'client');
  const [next, database] = await Promise.all([third.database, other.database]);
  const told: string[] = [];
  const onError = ({ code }: { code: string }) => told.push(code);
  const subscription = database.subscribe('SELECT n FROM t', null, { onError: onError as never }, () => undefined);
  await settled(browser, subscription.ready);
  // While it runs no code another tab takes the store over, in which the table goes.
  other.freeze(false);
  owner.kill();
  await browser.runUntil(() => third.link.role === 'owner');
  await settled(browser, next.execute('DROP TABLE t'));
  other.thaw(false);
  await browser.runUntil(() => subscription.closed);
  expect(told).toEqual(['INVALID_REQUEST']);
});

test('a subscription that has ended is not begun again by the next owner', async () => {
  const browser = new FakeBrowser(randomOf(8));
  const store = new FakeStore(browser, schema);
  const owner = store.newTab();
  await browser.runUntil(() => owner.link.role === 'owner');
  const other = store.newTab();
  await browser.runUntil(() => other.link.role === 'client');
  const database = await other.database;
  const told: string[] = [];
  const onError = ({ code }: { code: string }) => told.push(code);
  const subscription = database.subscribe('SELECT n FROM t', null, { onError: onError as never }, () => undefined);
  await settled(browser, subscription.ready);
  await settled(browser, database.execute('DROP TABLE t'));
  await browser.runUntil(() => subscription.closed);
  await settled(browser, database.execute('CREATE TABLE t (tab int, n int, v text, PRIMARY KEY (tab, n))'));
  owner.kill();
  await browser.runUntil(() => other.link.role === 'owner');
  await settled(browser, database.execute("INSERT INTO t (tab, n, v) VALUES (1, 1, 'a')"));
  expect(await settled(browser, database.stats())).toMatchObject({ subscriptions: 0 });
  expect(told).toHaveLength(1);
});

test('what may not be made twice rejects with OWNER_LOST; the rest is made again, with the time of its first try', async () => {
  const calls = [
    "INSERT INTO t (tab, n, v) VALUES (1, 1, 'a') USING TTL 100",
    'UPDATE c SET n = n + 1 WHERE id = 1',
    "INSERT INTO t (tab, n, v) VALUES (1, 2, 'a') IF NOT EXISTS",
    'TRUNCATE c',
    'SELECT v FROM t',
  ];
  const both = ['done', 'OWNER_LOST'];
  const seen: string[][] = [];
  // Somewhere between the sending and the answer.
  for (let delay = 1; delay <= 4; delay++) {
    const browser = new FakeBrowser(randomOf(delay));
    const store = new FakeStore(browser, schema);
    const owner = store.newTab();
    await browser.runUntil(() => owner.link.role === 'owner');
    const other = store.newTab();
    await browser.runUntil(() => other.link.role === 'client');
    const database = await other.database;
    const outcomes = Promise.all(
      calls.map((cql) =>
        database.execute(cql).then(
          () => 'done',
          ({ code }) => code,
        ),
      ),
    );
    // The message is on its way.
    const { steps } = browser;
    browser.onStep = (step) => {
      if (step === steps + delay) owner.kill();
    };
    const sent = browser.now;
    seen.push(await settled(browser, outcomes));
    const row = await settled(
      browser,
      database.execute('SELECT writetime(v) FROM t WHERE tab = 1 AND n = 1').then((result) => result.first()!.get(0)),
    );
    expect(Number(row) / 1000 - sent).toBeLessThan(5);
  }
  for (const outcomes of seen) {
    // What was answered before the owner died is done, whatever it was.
    for (const [i, may] of [['done'], both, both, both, ['done']].entries()) expect(may).toContain(outcomes[i]);
  }
  for (const i of [1, 2, 3]) expect(seen.map((outcomes) => outcomes[i])).toContain('OWNER_LOST');
});

test('USE counts for its own tab, also with the next owner; a schema is executed once a tab', async () => {
  const browser = new FakeBrowser(randomOf(5));
  const store = new FakeStore(browser, schema);
  const [owner, other] = [store.newTab(), store.newTab()];
  await browser.runUntil(() => owner.link.role !== null && other.link.role !== null);
  const [first, second] = await Promise.all([owner.database, other.database]);
  const run = (database: RemoteDatabase, cql: string) => settled(browser, database.execute(cql));
  await run(first, "CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
  await run(second, 'USE k');
  await run(second, 'CREATE TABLE mine (p int PRIMARY KEY)');
  await run(first, 'DROP TABLE c');
  await run(first, 'SELECT * FROM t');
  await expect(settled(browser, second.execute('SELECT * FROM t'))).rejects.toThrow('table t does not exist');
  owner.kill();
  await run(second, 'SELECT * FROM mine');
  await expect(settled(browser, second.execute('SELECT * FROM cassette.c'))).rejects.toThrow('c does not exist');
  expect(other.link.role).toBe('owner');
});

test('an owner that closes the store carries out what it was asked; clients go on with the next', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const browser = new FakeBrowser(randomOf(seed));
    const store = new FakeStore(browser, schema);
    const owner = store.newTab();
    await browser.runUntil(() => owner.link.role === 'owner');
    const others = [store.newTab(), store.newTab()];
    const outcomes = others.map((tab, id) => work(tab, id, 6));
    const { steps } = browser;
    const closing = owner.database.then(async (database) => {
      await browser.runUntil(() => browser.steps > steps + 2 * seed);
      await database.close();
      return database.closed;
    });
    await browser.runUntil(() => outcomes.every(({ isDone }) => isDone));
    expect(await settled(browser, closing)).toBe(null);
    expect(outcomes.map(({ errors, unknown }) => [errors, unknown])).toEqual([
      [[], 0],
      [[], 0],
    ]);
    for (const tab of others) tab.kill();
    await check(browser, store, outcomes);
  }
});

test('a wrong config is refused by whichever tab holds the store, and not when its own tab comes to hold it', async () => {
  const browser = new FakeBrowser(randomOf(21));
  const store = new FakeStore(browser, schema);
  const owner = store.newTab();
  await settled(browser, owner.database);
  const wrong = store.newTab({ config: { nope: 1 } as never });
  const error = await settled(
    browser,
    wrong.database.catch((refused) => refused),
  );
  expect(error).toMatchObject({ code: 'INVALID_OPTION', message: expect.stringContaining('config.nope') });
  const right = store.newTab({ config: { cdcTotalSpace: 1000 } });
  await settled(browser, right.database);
  expect(right.link.role).toBe('client');
});

test('what can not own a store is told that nobody does, or waits for somebody', async () => {
  const browser = new FakeBrowser(randomOf(6));
  const store = new FakeStore(browser, schema);
  const hasty = store.newTab({ canOwn: false });
  const code = await settled(
    browser,
    hasty.database.catch((error) => error.code),
  );
  expect(code).toBe('NO_OWNER');
  const patient = store.newTab({ canOwn: false, waitsForOwner: true });
  const count = patient.database.then((database) => database.execute('SELECT * FROM t'));
  browser.later(browser.newContext(), () => store.newTab(), 60_000);
  expect((await settled(browser, count)).rowLength).toBe(0);
  expect(patient.link.role).toBe('client');
});

test('nobody destroys a store between two owners', async () => {
  const browser = new FakeBrowser(randomOf(10));
  const store = new FakeStore(browser, schema);
  const [owner, next] = [store.newTab(), store.newTab()];
  await browser.runUntil(() => owner.link.role !== null && next.link.role !== null);
  const { platform } = browser.newContext();
  const destroyed: string[] = [];
  const destroy = () =>
    unowned(platform, ['store', 'other'], async () => {
      destroyed.push('store');
      return 'destroyed';
    }).catch(({ code }) => code);
  const waiting = destroy();
  owner.kill();
  expect([await settled(browser, waiting), destroyed]).toEqual(['STORE_LOCKED', []]);
  next.kill();
  expect([await settled(browser, destroy()), destroyed]).toEqual(['destroyed', ['store']]);
});

test('a tab of another version is told so', async () => {
  const browser = new FakeBrowser(randomOf(8));
  const strange = browser.newContext();
  await new Promise<void>((resolve) => {
    void strange.platform.locks.request('cassette-owner:store', () => {
      resolve();
      return new Promise(() => undefined);
    });
    void browser.runUntil(() => strange.tasks.length === 0);
  });
  const channel = strange.platform.openChannel('cassette-tabs:store');
  channel.onmessage = ({ data }) => {
    if (data.type === 'seek') channel.postMessage({ type: 'welcome', protocol: 99, link: data.link, alive: 'x' });
  };
  const tab = new FakeStore(browser, schema).newTab();
  const error = await settled(
    browser,
    tab.database.catch((thrown) => thrown),
  );
  expect([error.code, error.data]).toEqual(['PROTOCOL_MISMATCH', { store: 'store', own: 5, owner: 99 }]);
  expect(error.message).toContain('reload this page');
});

test('events, progress and the chunks of an export reach a client; an export under way ends with its owner', async () => {
  const browser = new FakeBrowser(randomOf(9));
  const store = new FakeStore(browser, schema);
  const owner = store.newTab();
  await browser.runUntil(() => owner.link.role === 'owner');
  const other = store.newTab();
  await browser.runUntil(() => other.link.role === 'client');
  const database = await other.database;
  const events: string[] = [];
  await settled(
    browser,
    database.listen((all) => {
      events.push(...all.map(({ type }) => type));
    }),
  );
  await settled(browser, database.execute("INSERT INTO t (tab, n, v) VALUES (1, 1, 'a')"));
  await settled(browser, database.flush());
  await browser.runUntil(() => events.length > 0);
  const chunks: number[] = [];
  const progress: number[] = [];
  const sink = new WritableStream<Uint8Array>({ write: (chunk) => void chunks.push(chunk.length) });
  await settled(browser, database.export({}, sink, { onProgress: ({ bytesDone }) => void progress.push(bytesDone) }));
  expect([chunks.length > 0, progress.length > 0]).toEqual([true, true]);
  const slow = new WritableStream<Uint8Array>({
    write: () => {
      owner.kill();
      return new Promise<void>((resolve) => setTimeout(resolve, 5));
    },
  });
  const outcome = await settled(
    browser,
    database.export({}, slow).then(
      () => 'done',
      ({ code }) => code,
    ),
  );
  expect(outcome).toBe('OWNER_LOST');
  events.length = 0;
  await settled(browser, database.execute("INSERT INTO t (tab, n, v) VALUES (1, 2, 'a')"));
  await settled(browser, database.flush());
  await browser.runUntil(() => events.length > 0);
});

/** Lets things happen until a promise settles. */
async function settled<T>(browser: FakeBrowser, promise: Promise<T>): Promise<T> {
  let isSettled = false;
  const end = () => {
    isSettled = true;
  };
  promise.then(end, end);
  await browser.runUntil(() => isSettled);
  return promise;
}

/** A call again and again, a second later each time, until it does not say that the store is taken. */
async function retried<T>(browser: FakeBrowser, call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if ((error as { code?: string }).code !== 'STORE_LOCKED') throw error;
      await new Promise<void>((resolve) => browser.later(browser.newContext(), resolve, 1000));
    }
  }
}
