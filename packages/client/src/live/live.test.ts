import { CassetteError } from '@cassette/bytes';
import { InvalidRequestError, Uuid } from '@cassette/cql';
import { type Change, changeFromTransfer, type Database, openDatabase, type RowPatch } from '@cassette/engine';
import { MemoryStorage } from '@cassette/storage/browser';
import { expose, proxy, type Remote, wrap } from 'comlink';
import { expect, test } from 'vitest';
import { installErrorTransfer } from '../errors/error-transfer.ts';
import { type FailureCallback, type LiveRequest, packedParams, type UpdateCallback } from './live-wire.ts';
import { RemoteSubscription } from './remote-subscription.ts';
import { ServedChanges } from './serve-changes.ts';
import { serveLive } from './serve-live.ts';
import { checkedSubscribeArguments } from './subscribe-arguments.ts';

installErrorTransfer();

/** A store behind a port, as a worker has it. */
class Owner {
  private readonly ends: (() => void)[] = [];
  readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  live(request: LiveRequest, updated: UpdateCallback, failed: FailureCallback): void {
    this.ends.push(serveLive(this.db, request, updated, failed));
  }

  unlisten(): void {
    for (const end of this.ends) end();
  }
}

async function owner(...writes: readonly string[]): Promise<{ db: Database; host: Remote<Owner>; close: () => void }> {
  const db = await openDatabase({
    storage: new MemoryStorage(),
    schema: 'CREATE TABLE t (id uuid, c int, v text, PRIMARY KEY (id, c))',
  });
  for (const write of writes) await db.execute(write);
  const { port1, port2 } = new MessageChannel();
  expose(new Owner(db), port1);
  const close = () => {
    port1.close();
    port2.close();
  };
  return { db, host: wrap<Owner>(port2), close };
}

const ID = '00000000-0000-4000-8000-000000000001';
const insert = (c: number, v: string) => `INSERT INTO t (id, c, v) VALUES (${ID}, ${c}, '${v}')`;

async function subscribe(subscription: RemoteSubscription, { host }: { host: Remote<Owner> }): Promise<void> {
  const { updated, failed } = subscription.begin();
  const request = { query: 'SELECT c, v FROM t WHERE id = ?', params: packedParams([Uuid.parse(ID)]) };
  await host.live(request, proxy(updated), proxy(failed));
}

async function until(test: () => boolean): Promise<void> {
  await expect.poll(test, { interval: 2 }).toBe(true);
}

test('rows and patches come through a port, and with the next owner only what is different', async () => {
  const first = await owner(insert(1, 'a'), insert(2, 'b'));
  const patches: (RowPatch | null)[] = [];
  const subscription = new RemoteSubscription(
    (_, patch) => patches.push(patch),
    undefined,
    () => undefined,
    () => undefined,
  );
  await subscribe(subscription, first);
  await subscription.ready;
  expect(subscription.rows.map(({ c, v }) => [c, v])).toEqual([
    [1, 'a'],
    [2, 'b'],
  ]);
  const [kept] = subscription.rows;
  await first.db.execute(insert(3, 'c'));
  await until(() => patches.length === 2);
  expect(patches[1]?.inserted.map(({ index, row }) => [index, row.c])).toEqual([[2, 3]]);

  const same = await owner(insert(1, 'a'), insert(2, 'b'), insert(3, 'c'));
  await subscribe(subscription, same);
  await same.db.execute(insert(2, 'changed'));
  await until(() => patches.length === 3);
  expect(patches[2]?.updated.map(({ index, row, previous }) => [index, previous.v, row.v])).toEqual([[1, 'b', 'changed']]);

  const other = await owner(insert(1, 'a'), insert(3, 'c'), insert(4, 'd'));
  await subscribe(subscription, other);
  await until(() => patches.length === 4);
  expect(patches[3]).toMatchObject({ deleted: [{ index: 1 }], inserted: [{ index: 2 }], updated: [] });
  expect(subscription.rows[0]).toBe(kept);

  // Of the owners before nothing is heard any more.
  await first.db.execute(insert(9, 'x'));
  await other.db.execute(insert(5, 'e'));
  await until(() => patches.length === 5);
  expect(subscription.rows.map(({ c }) => c)).toEqual([1, 3, 4, 5]);
  for (const { db, host, close } of [first, same, other]) {
    await host.unlisten();
    await db.close();
    close();
  }
});

test('what is wrong with a statement arrives with its class', async () => {
  const { db, host, close } = await owner();
  const subscription = new RemoteSubscription(
    () => undefined,
    undefined,
    () => undefined,
    () => undefined,
  );
  const { updated, failed } = subscription.begin();
  await host.live({ query: 'SELECT nope FROM t', params: packedParams(null) }, proxy(updated), proxy(failed));
  await expect(subscription.ready).rejects.toBeInstanceOf(InvalidRequestError);
  expect(subscription.closed).toBe(true);
  await db.close();
  close();
});

test('arguments are a query, parameters and options where there are any, and a listener', () => {
  const listener = () => undefined;
  expect(checkedSubscribeArguments('SELECT', [listener])).toEqual({ params: undefined, options: {}, listener });
  const options = { maxRows: 5 };
  expect(checkedSubscribeArguments('SELECT', [[1], options, listener])).toEqual({ params: [1], options, listener });
  expect(() => checkedSubscribeArguments('SELECT', [[1]])).toThrow(InvalidRequestError);
  expect(() => checkedSubscribeArguments(5, [listener])).toThrow(InvalidRequestError);
  for (const wrong of [{ maxRows: 0 }, { keyspace: 1 }, { onError: 1 }, 7]) {
    expect(() => checkedSubscribeArguments('SELECT', [null, wrong, listener])).toThrow(CassetteError);
  }
});

test('changes arrive with their values, and go on with another owner of the store', async () => {
  const storage = new MemoryStorage();
  const schema = 'CREATE TABLE t (id uuid, d duration, n decimal, PRIMARY KEY (id)) WITH cdc = true';
  const write = 'INSERT INTO t (id, d, n) VALUES (uuid(), 1h, 1.5)';
  const follow = false;
  let db = await openDatabase({ storage, schema });
  const fromNow = new ServedChanges(db, { since: 'now', follow: true });
  const now = (await fromNow.next({ since: 'now', follow: true }))!;
  expect(now.changes).toEqual([]);
  await db.execute(write);
  await db.execute(write);
  const sent = structuredClone(await fromNow.next({ since: now.position, follow: true }))!;
  const wanted: Change[] = [];
  for await (const change of db.changes({ follow })) wanted.push(change);
  expect(sent.changes.map(changeFromTransfer)).toEqual(wanted);
  expect(wanted[0].rows[0].cells.map(({ value }) => String(value))).toEqual(['1h', '1.5']);
  expect(fromNow.isAt({ since: sent.position, follow })).toBe(true);
  await db.execute(write);
  await db.close();
  db = await openDatabase({ storage, schema });
  const next = new ServedChanges(db, { since: sent.position, follow });
  const rest = (await next.next({ follow }))!;
  expect(rest.changes.length).toBe(1);
  expect(await next.next({ since: rest.position, follow })).toMatchObject({ changes: [] });
  next.close();
  expect(await next.next({ since: rest.position, follow })).toBe(null);
  await db.close();
});
