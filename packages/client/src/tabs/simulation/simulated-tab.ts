import type { RemoteDatabase } from '../../page/remote-database.ts';
import type { FakeTab } from '../testing/fake-tabs.ts';
import type { FeedTail } from './feed-tail.ts';
import { collected, type ImportZip, type TabExports } from './tab-exports.ts';
import type { TabModel, TabWrite } from './tab-model.ts';

/** Rows that all tabs write, and things that one of them can get. */
const SHARED_ROWS = 6;
const CLAIMS = 40;

/** The schema of a store of the simulation. */
export const tabsSchema = `CREATE TABLE own (tab int, n int, v int, PRIMARY KEY (tab, n)) WITH cdc = true;
  CREATE TABLE brought (source int, n int, v int, PRIMARY KEY (source, n));
  CREATE TABLE shared (k int, c int, v int, PRIMARY KEY (k, c)) WITH compaction = {'class': 'SizeTieredCompactionStrategy', 'min_threshold': 2};
  CREATE TABLE counts (id int PRIMARY KEY, n counter);
  CREATE TABLE claims (id int PRIMARY KEY, tab int)`;

/** Codes of errors that say that nobody knows, or that the store can't be had now. */
const excuses = ['OWNER_LOST', 'WORKER_DIED', 'STORE_LOCKED'];

/** What the tabs of a life share. */
export interface TabsShared {
  readonly model: TabModel;
  readonly exports: TabExports;
  /** What may be imported. */
  readonly zips: readonly ImportZip[];
  /** Those for whom tabs read changes; `reader`: the tab that does. */
  readonly tails: { readonly tail: FeedTail; reader: SimulatedTab | null }[];
  /** From 0 up to but without 1; decides everything. */
  readonly random: () => number;
  count(what: string): void;
}

/** A tab that asks for something, waits for the answer or not, and asks for more, until it has asked often enough or is closed or killed. */
export class SimulatedTab {
  readonly tab: FakeTab;
  /** What is wrong. */
  readonly complaints: string[] = [];
  isDone = false;
  /** It was asked to close the store. */
  isClosing = false;
  private readonly number: number;
  private readonly shared: TabsShared;
  private database: RemoteDatabase | null = null;
  private nextRow = 1;
  private seen: readonly { readonly k: number; readonly c: number; readonly v: number | null }[] = [];
  private watching: string | null = null;

  constructor(tab: FakeTab, number: number, calls: number, shared: TabsShared) {
    this.tab = tab;
    this.number = number;
    this.shared = shared;
    this.work(calls)
      .catch((error: unknown) => this.excuse('its work', error))
      .finally(() => {
        this.isDone = true;
      });
  }

  /** Whether it is there and was not asked to close. */
  get isOpen(): boolean {
    return this.tab.context.isAlive && !this.isClosing;
  }

  /** Closes the store in good order. */
  close(): void {
    this.isClosing = true;
    this.database?.close().catch((error: unknown) => this.excuse('to close', error));
  }

  /** Rows of the table that all write, as its subscription has them now and as it reads them; null where it has none. */
  async watched(): Promise<{ readonly shown: string; readonly read: string } | null> {
    if (this.watching === null || this.database === null) return null;
    const { rows } = await this.database.execute(this.watching);
    return { shown: textOf(this.seen), read: textOf(rows as unknown as typeof this.seen) };
  }

  private below(bound: number): number {
    return Math.floor(this.shared.random() * bound);
  }

  private async work(calls: number): Promise<void> {
    const database = await this.tab.database;
    this.database = database;
    if (this.below(2) === 0) this.subscribe(database);
    this.readOn(database);
    for (let left = calls; left > 0 && this.isOpen; ) {
      const round = Array.from({ length: Math.min(left, 1 + this.below(4)) }, () => this.one(database));
      left -= round.length;
      await Promise.all(round);
    }
  }

  private subscribe(database: RemoteDatabase): void {
    // Of a table that all write, or of one that only imports do.
    this.watching = this.below(3) > 0 ? 'SELECT k, c, v FROM shared' : 'SELECT source AS k, n AS c, v FROM brought';
    const onError = (error: unknown) => {
      // It is over, as it was told: nothing more comes of it.
      this.watching = null;
      this.excuse('its subscription', error);
    };
    database.subscribe(this.watching, null, { onError }, (rows) => {
      this.seen = rows as unknown as typeof this.seen;
      this.shared.count('updates');
    });
  }

  private one(database: RemoteDatabase): Promise<void> {
    const pick = this.below(100);
    if (pick < 25) return this.insert(database);
    if (pick < 45) return this.overwrite(database);
    if (pick < 55) return this.batch(database);
    if (pick < 62) return this.many(database);
    if (pick < 74) return this.increment(database);
    if (pick < 82) return this.claim(database);
    if (pick < 88) return this.look(database);
    if (pick < 91) return this.import(database);
    if (pick < 94) return this.export(database);
    if (pick < 95) return this.confirm(database);
    return this.asked('maintenance', this.below(2) === 0 ? database.flush() : database.compact());
  }

  private insert(database: RemoteDatabase): Promise<void> {
    const { number: tab } = this;
    const n = this.nextRow++;
    const write = this.shared.model.begin(tab, 'own', new Map([[`${tab}/${n}`, n]]), true);
    return this.written(write, database.execute('INSERT INTO own (tab, n, v) VALUES (?, ?, ?)', [tab, n, n]));
  }

  /** Of a row that others write too; now and then it is deleted. */
  private overwrite(database: RemoteDatabase): Promise<void> {
    const { number: tab } = this;
    const [k, c] = [this.below(2), this.below(SHARED_ROWS / 2)];
    const value = this.below(10) === 0 ? null : tab * 1000 + this.nextRow++;
    const write = this.shared.model.begin(tab, 'shared', new Map([[`${k}/${c}`, value]]), true);
    const asked =
      value === null
        ? database.execute('DELETE FROM shared WHERE k = ? AND c = ?', [k, c])
        : database.execute('INSERT INTO shared (k, c, v) VALUES (?, ?, ?)', [k, c, value]);
    return this.written(write, asked);
  }

  private batch(database: RemoteDatabase): Promise<void> {
    const rows = this.newRows(2 + this.below(3));
    const write = this.shared.model.begin(this.number, 'own', rows, true);
    const queries = [...rows.values()].map((n) => ({
      query: 'INSERT INTO own (tab, n, v) VALUES (?, ?, ?)',
      params: [this.number, n, n],
    }));
    return this.written(write, database.batch(queries));
  }

  private many(database: RemoteDatabase): Promise<void> {
    const rows = this.newRows(5 + this.below(40));
    const write = this.shared.model.begin(this.number, 'own', rows, false);
    const values = [...rows.values()].map((n) => [this.number, n, n]);
    return this.written(write, database.executeMany('INSERT INTO own (tab, n, v) VALUES (?, ?, ?)', values));
  }

  private newRows(count: number): Map<string, number> {
    return new Map(
      Array.from({ length: count }, () => {
        const n = this.nextRow++;
        return [`${this.number}/${n}`, n];
      }),
    );
  }

  private async increment(database: RemoteDatabase): Promise<void> {
    const { model } = this.shared;
    model.count(false);
    await this.asked(
      'counters',
      database.execute('UPDATE counts SET n = n + 1 WHERE id = 1').then(() => model.countCertain()),
    );
  }

  private async claim(database: RemoteDatabase): Promise<void> {
    const what = this.below(CLAIMS);
    const { number: tab } = this;
    const asked = database.execute('INSERT INTO claims (id, tab) VALUES (?, ?) IF NOT EXISTS', [what, tab]).then((result) => {
      if (result.first()?.['[applied]'] === true) this.shared.model.claim(what, tab);
    });
    await this.asked('conditions', asked);
  }

  /** It sees what it was told that is there. */
  private async look(database: RemoteDatabase): Promise<void> {
    const must = this.shared.model.mustSee(this.number, 'own');
    const asked = database.execute('SELECT n, v FROM own WHERE tab = ?', [this.number]).then(({ rows }) => {
      const found = new Set(rows.map(({ n }) => `${this.number}/${n}`));
      const missing = must.filter((row) => !found.has(row));
      if (missing.length > 0) this.complaints.push(`a read lacks ${missing.join(', ')}, which were acknowledged before`);
    });
    await this.asked('reads', asked);
  }

  /** Reads changes for those whose reader is gone, from where he was. */
  private readOn(database: RemoteDatabase): void {
    for (const one of this.shared.tails) {
      if (one.reader?.isOpen) continue;
      if (one.reader !== null) this.shared.count('changes read on');
      one.reader = this;
      const { tail } = one;
      const read = async () => {
        const since = tail.position;
        for await (const change of database.changes({ ...(since !== null && { since }), tables: ['cassette.own'] })) {
          // Who was gone for a while may have been replaced.
          if (one.reader !== this) return;
          tail.take(change);
          this.shared.count('changes');
        }
      };
      read().catch((error: unknown) => this.excuse('its changes', error));
    }
  }

  private import(database: RemoteDatabase): Promise<void> {
    const { zips, model } = this.shared;
    const { rows, zip } = zips[this.below(zips.length)];
    const write = model.begin(this.number, 'brought', rows, true);
    const size = 500 + this.below(3000);
    async function* chunks() {
      for (let at = 0; at < zip.length; at += size) yield zip.subarray(at, at + size);
    }
    return this.written(write, database.import(chunks()));
  }

  /** Whole, or from an earlier one on, whoever took that. */
  private async export(database: RemoteDatabase): Promise<void> {
    const { exports, model } = this.shared;
    const { taken } = exports;
    const since = taken.length > 0 && this.below(2) === 0 ? taken[this.below(taken.length)] : null;
    const { sink, zip } = collected();
    const from = model.now();
    const options = {
      format: (['nb', 'oa', 'da'] as const)[this.below(3)],
      compact: this.below(2) === 0,
      ...(since !== null && { since: since.id }),
    };
    const got = database.export(options, sink).then((report) => {
      exports.take(report, { zip: zip(), since, from, to: model.now() });
    });
    await this.asked(since === null ? 'exports' : 'exports from another on', got);
  }

  /** That the cluster has an export, whoever took it. */
  private async confirm(database: RemoteDatabase): Promise<void> {
    const { taken } = this.shared.exports;
    if (taken.length === 0) return;
    await this.asked('exports confirmed', database.confirmExported(taken[this.below(taken.length)].id));
  }

  private written(write: TabWrite, asked: Promise<unknown>): Promise<void> {
    return this.asked(
      `writes of ${write.table}`,
      asked.then(() => this.shared.model.acknowledge(write)),
    );
  }

  /** Whatever comes of it, it is answered. */
  private async asked(what: string, answer: Promise<unknown>): Promise<void> {
    try {
      await answer;
      this.shared.count(what);
    } catch (error) {
      this.excuse(what, error);
    }
  }

  private excuse(what: string, error: unknown): void {
    const { code } = error as { code?: string };
    this.shared.count(`refused as ${code}`);
    if (code !== undefined && excuses.includes(code)) return;
    if (code === 'CLOSED' && this.isClosing) return;
    this.complaints.push(`${what}: ${code} ${error}`);
  }
}

function textOf(rows: readonly { readonly k: number; readonly c: number; readonly v: number | null }[]): string {
  return rows
    .map(({ k, c, v }) => `${k}/${c}=${v}`)
    .sort()
    .join();
}
