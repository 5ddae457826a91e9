import { describeActivity, type EngineEvent } from '@cassette/engine';
import { expect, test } from 'vitest';
import { installErrorTransfer } from '../errors/error-transfer.ts';
import { FakeBrowser } from './testing/fake-browser.ts';
import { FakeStore } from './testing/fake-tabs.ts';

installErrorTransfer();

const schema = 'CREATE TABLE t (k int PRIMARY KEY, v text)';

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

/** A tab that is served by another's worker, and that one. */
async function twoTabs() {
  let seed = 7;
  const browser = new FakeBrowser(() => {
    seed = (seed * 48_271) % 0x7fffffff;
    return seed / 0x7fffffff;
  });
  const store = new FakeStore(browser, schema);
  const owner = store.newTab();
  await browser.runUntil(() => owner.link.role === 'owner');
  const other = store.newTab();
  await browser.runUntil(() => other.link.role === 'client');
  return { browser, owner, database: await other.database };
}

test('traces come to the tab that asked, of reads, writes, batches and of each page', async () => {
  const { browser, database } = await twoTabs();
  const tracing = { tracing: true };
  const write = await settled(browser, database.execute("INSERT INTO t (k, v) VALUES (1, 'a')", [], tracing));
  expect(write.columns).toBeNull();
  expect(write.trace?.activities.map(({ kind }) => kind)).toEqual(['prepared', 'mutation', 'committed']);
  expect((await settled(browser, database.execute("INSERT INTO t (k, v) VALUES (2, 'b')"))).trace).toBeNull();
  const batch = await settled(browser, database.batch(["INSERT INTO t (k, v) VALUES (3, 'c')"], tracing));
  expect(batch.trace?.query).toBe("INSERT INTO t (k, v) VALUES (3, 'c')");
  await settled(browser, database.flush());
  const read = await settled(browser, database.execute('SELECT * FROM t', [], { ...tracing, fetchSize: 2 }));
  expect(read.rowLength).toBe(2);
  expect(read.trace?.activities.map(describeActivity)).toEqual(
    expect.arrayContaining(['Merging 0 memtables and 1 SSTable', 'Answered 2 rows, more follow']),
  );
  const pages: unknown[] = [];
  const all = (async () => {
    for await (const row of read) pages.push(row.k);
  })();
  await settled(browser, all);
  expect(pages).toHaveLength(3);
  // Names of another keyspace count from the next statement on, traced or not.
  await settled(
    browser,
    database.execute("CREATE KEYSPACE o WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}"),
  );
  const used = await settled(browser, database.execute('USE o', [], tracing));
  expect(used.trace).toBeNull();
  await expect(settled(browser, database.execute('SELECT * FROM t'))).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  await expect(database.execute('USE o', [], { tracing: 'on' as never })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
});

test('a stream has the trace of all its pages, and executeMany that of all its messages', async () => {
  const { browser, database } = await twoTabs();
  const tracing = { tracing: true };
  const rows = Array.from({ length: 20_500 }, (_, k) => [k, `v${k}`]);
  const written = await settled(browser, database.executeMany('INSERT INTO t (k, v) VALUES (?, ?)', rows, tracing));
  const { activities, query, micros } = written.trace!;
  expect(query).toBe('INSERT INTO t (k, v) VALUES (?, ?)');
  // What a record of the log has before its mutations. Bytes.
  const recordHeader = 24;
  const parts = activities.flatMap((one) => (one.kind === 'mutation' ? [one] : []));
  expect(parts.reduce((sum, part) => sum + part.rows!, 0)).toBe(rows.length);
  const commits = activities.flatMap((one) => (one.kind === 'committed' ? [one] : []));
  expect(commits.map(({ groupBytes }) => groupBytes)).toEqual(parts.map(({ bytes }) => bytes + recordHeader));
  // A message has 10,000 rows.
  expect(activities.filter(({ kind }) => kind === 'prepared')).toHaveLength(3);
  const times = activities.map((one) => one.micros);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(micros).toBeGreaterThanOrEqual(times.at(-1)!);
  expect((await settled(browser, database.executeMany('INSERT INTO t (k, v) VALUES (?, ?)', rows.slice(0, 1)))).trace).toBeNull();

  const stream = database.stream('SELECT k FROM t', [], { ...tracing, fetchSize: 8_000 });
  expect(stream.trace).toBeNull();
  const pagesTold = new Set<number>();
  let seen = 0;
  const all = (async () => {
    for await (const row of stream) {
      if (typeof row.k === 'number') seen++;
      pagesTold.add(stream.trace!.activities.filter(({ kind }) => kind === 'answered').length);
    }
  })();
  await settled(browser, all);
  expect(seen).toBe(rows.length);
  expect([...pagesTold]).toEqual([1, 2, 3]);
  const answers = stream.trace!.activities.flatMap((one) => (one.kind === 'answered' ? [[one.rows, one.hasMore]] : []));
  expect(answers).toEqual([
    [8_000, true],
    [8_000, true],
    [4_500, false],
  ]);
  const untraced = database.stream('SELECT k FROM t LIMIT 1');
  await settled(browser, untraced.next());
  expect(untraced.trace).toBeNull();
});

test('stats tell of the tabs; events come in order, first what opening found, and again from the next owner', async () => {
  const { browser, owner, database } = await twoTabs();
  expect(await settled(browser, database.stats())).toMatchObject({ tabs: 2, subscriptions: 0 });
  const events: EngineEvent[] = [];
  await settled(
    browser,
    database.listen((all) => {
      events.push(...all);
    }),
  );
  await settled(browser, database.execute("INSERT INTO t (k, v) VALUES (1, 'a')"));
  await settled(browser, database.flush());
  await browser.runUntil(() => events.some(({ type }) => type === 'flush-finished'));
  expect(events[0].type).toBe('recovered');
  const sequences = events.map(({ sequence }) => sequence);
  expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
  expect(new Set(sequences).size).toBe(sequences.length);
  expect(events.every(({ at }) => at > 0)).toBe(true);
  const heard = events.length;
  owner.kill();
  await settled(browser, database.execute("INSERT INTO t (k, v) VALUES (2, 'b')"));
  await browser.runUntil(() => events.length > heard && events.at(-1)?.type === 'committed');
  expect(events.slice(heard).map(({ type }) => type)).toContain('recovered');
  expect(await settled(browser, database.stats())).toMatchObject({ tabs: 1 });
});

test('what is no function is refused as a listener, and nothing is asked of the owner', async () => {
  const { browser, database } = await twoTabs();
  for (const listener of ['x', undefined, null, {}]) {
    const refused = settled(browser, database.listen(listener as never));
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_OPTION', data: { option: 'listener' } });
  }
});
