import type { Scheduler } from '@cassette/engine';
import { seededRandom } from '@cassette/storage/testing';
import type { RemoteDatabase } from '../../page/remote-database.ts';
import { FakeBrowser, type FakeContext } from '../testing/fake-browser.ts';
import { FakeStore } from '../testing/fake-tabs.ts';
import { FeedTail } from './feed-tail.ts';
import { SimulatedTab, type TabsShared, tabsSchema } from './simulated-tab.ts';
import { collected, type ImportZip, importZips, readRows, type StoreRows, TabExports, type TakenExport } from './tab-exports.ts';
import { TabModel } from './tab-model.ts';

/** Batches that may be imported, the same in all lives. */
let zips: Promise<ImportZip[]> | null = null;

/** How long a life is. */
export interface TabsLifeOptions {
  /** Tabs at the beginning. */
  readonly tabs: number;
  /** Tabs in all. */
  readonly tabsMost: number;
  /** Calls of each tab. */
  readonly calls: number;
  /** How often, in so many steps of the browser, something happens to a tab. */
  readonly trouble: number;
}

/**
 * Tabs of one store that work side by side, some of which are killed, lose their worker, close, or freeze, with a word or without one, while
 * they own the store or not; new ones come. Who runs next, how long what takes and what happens follows from a seed, in the engine too.
 */
export class TabsLife {
  /** What happened, for the test of the simulation itself. */
  readonly seen: Record<string, number> = {};
  private readonly options: TabsLifeOptions;
  private readonly random: () => number;
  private readonly browser: FakeBrowser;
  private readonly store: FakeStore;
  private readonly model = new TabModel();
  private readonly exports = new TabExports(this.model);
  private readonly tails: TabsShared['tails'] = [0, 1].map(() => ({ tail: new FeedTail(), reader: null }));
  private zips: readonly ImportZip[] = [];
  private readonly tabs: SimulatedTab[] = [];
  /** It outlives all tabs, and wakes those that froze. */
  private readonly keeper: FakeContext;
  private isCalm = false;

  constructor(seed: number, options: TabsLifeOptions) {
    this.options = options;
    this.random = seededRandom(seed);
    this.browser = new FakeBrowser(this.random);
    this.store = new FakeStore(this.browser, tabsSchema, (worker) => ({
      scheduler: schedulerOf(worker),
      random: this.random,
      config: { memtableFlushThreshold: 2000, walSegmentSizeMax: 4000, sliceMilliseconds: 0 },
    }));
    this.keeper = this.browser.newContext();
  }

  /** All of it. Throws where something acknowledged is lost, something is there that can't be, or a call is never answered. */
  async live(): Promise<void> {
    const { browser, options, tabs } = this;
    zips ??= importZips(5, tabsSchema);
    this.zips = await zips;
    for (let n = 0; n < options.tabs; n++) this.begin();
    browser.onStep = () => {
      if (!this.isCalm && this.random() < options.trouble) this.trouble();
    };
    await browser.runUntil(() => tabs.every(({ isDone, isOpen }) => isDone || !isOpen));
    this.isCalm = true;
    // While one that was frozen without a word has the files, calls end with STORE_LOCKED, as in the life of 111,087; and it has them until it
    // has heard that the store is another's, as in that of 210,168: a browser's storage waits so long, this one refuses at once.
    const isAwake = ({ isAlive, isFrozen, tasks }: FakeContext) => !isAlive || (!isFrozen && tasks.length === 0);
    await browser.runUntil(() => tabs.every(({ tab: { context } }) => isAwake(context)));
    await this.settled(this.checkSubscriptions());
    for (const { tab } of tabs) tab.kill();
    await this.checkStore();
    const complaints = tabs.flatMap((one, number) => one.complaints.map((text) => `tab ${number}: ${text}`));
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
    this.seen['acknowledged'] = this.model.acknowledged;
    this.seen['owners'] = this.store.openings;
  }

  private begin(): void {
    const { tabs, model, exports, zips, tails, random } = this;
    const count = (what: string) => this.count(what);
    const shared = { model, exports, zips, tails, random, count };
    tabs.push(new SimulatedTab(this.store.newTab(), tabs.length, this.options.calls, shared));
  }

  /** Something happens to a tab, most often to the one that owns the store. */
  private trouble(): void {
    const { tabs, random, browser, keeper } = this;
    const open = tabs.filter(({ isOpen, tab }) => isOpen && !tab.context.isFrozen);
    if (open.length === 0 || tabs.length >= this.options.tabsMost) return;
    const owners = open.filter(({ tab }) => tab.link.role === 'owner');
    const among = owners.length > 0 && random() < 0.7 ? owners : open;
    const one = among[Math.floor(random() * among.length)];
    const { tab } = one;
    const how = random();
    const whose = tab.link.role === 'owner' ? 'an owner' : 'another tab';
    if (how < 0.3) {
      this.count(`killed: ${whose}`);
      tab.kill();
    } else if (how < 0.55) {
      this.count(`worker killed: ${whose}`);
      tab.killWorker();
    } else if (how < 0.7) {
      this.count(`closed: ${whose}`);
      one.close();
    } else {
      const isTold = how < 0.9;
      this.count(`frozen ${isTold ? 'with' : 'without'} a word: ${whose}`);
      tab.freeze(isTold);
      browser.later(keeper, () => tab.thaw(isTold), 500 + Math.floor(random() * 15_000));
    }
    this.begin();
  }

  /** In the end each subscription of a living tab has what a read has. */
  private async checkSubscriptions(): Promise<void> {
    for (const [number, one] of this.tabs.entries()) {
      if (!one.isOpen) continue;
      for (let tries = 0; ; tries++) {
        const found = await one.watched();
        if (found === null) break;
        this.count('subscriptions');
        if (found.shown === found.read) break;
        if (tries === 20) throw new Error(`the subscription of tab ${number} shows ${found.shown} and not ${found.read}`);
        await new Promise<void>((resolve) => this.browser.later(this.keeper, resolve, 1000));
      }
    }
  }

  /** One more tab looks at all of it, and takes out what there is. */
  private async checkStore(): Promise<void> {
    const { model, exports } = this;
    const database = await this.settled(this.store.newTab().database);
    const rowsOf = async (query: string) => (await database.execute(query)).rows as unknown as Record<string, number>[];
    const found = await this.settled(readRows(rowsOf));
    const claims = await this.settled(rowsOf('SELECT id, tab FROM claims'));
    const complaints = [
      ...model.complaints('own', found.own),
      ...model.complaints('shared', found.shared),
      ...model.complaints('brought', found.brought),
      ...model.complaintsOfCount(found.counted),
      ...model.complaintsOfClaims(new Map(claims.map(({ id, tab }) => [id, tab]))),
    ];
    for (const { tail } of this.tails) {
      await this.settled(this.readToEnd(database, tail));
      complaints.push(...tail.missing(found.own));
      if (tail.again > 0) this.count('changes told again');
    }
    const remembered = (await this.settled(database.exports())).map(({ id }) => id);
    for (const { id } of exports.taken) if (!remembered.includes(id)) complaints.push(`export ${id} is forgotten`);
    complaints.push(...(await exports.complaints()), ...(await this.takeOut(database, found)));
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
  }

  private async readToEnd(database: RemoteDatabase, tail: FeedTail): Promise<void> {
    const since = tail.position;
    const changes = database.changes({ ...(since !== null && { since }), tables: ['cassette.own'], follow: false });
    for await (const change of changes) tail.take(change);
  }

  /** All that there is, from the last export on; then it is dropped here, and export and store together still have all of it. */
  private async takeOut(database: RemoteDatabase, found: StoreRows): Promise<string[]> {
    const { model, exports } = this;
    const take = async (since: TakenExport | null): Promise<TakenExport> => {
      const { sink, zip } = collected();
      const now = model.now();
      const report = await this.settled(database.export(since === null ? {} : { since: since.id }, sink));
      return { id: report.id, zip: zip(), since, from: now, to: now };
    };
    const last = await take(exports.taken.at(-1) ?? null);
    const wrong = differences('all exports', await exports.loaded(last), found);
    await this.settled(database.confirmExported(last.id, { drop: true }));
    const rest = await take(null);
    return [...wrong, ...differences('exports and what was not dropped', await exports.loaded({ ...rest, since: last }), found)];
  }

  private async settled<T>(work: Promise<T>): Promise<T> {
    let isSettled = false;
    const end = () => {
      isSettled = true;
    };
    work.then(end, end);
    await this.browser.runUntil(() => isSettled);
    return work;
  }

  private count(what: string): void {
    this.seen[what] = (this.seen[what] ?? 0) + 1;
  }
}

/** The engine's turns are tasks of its worker among those of all others. */
function schedulerOf(worker: FakeContext): Scheduler {
  const { browser } = worker;
  return {
    yield: () => new Promise((resolve) => worker.enqueue(resolve)),
    now: () => browser.now,
    soon: (task) => worker.enqueue(task),
    later: (task, milliseconds) => browser.later(worker, task, milliseconds),
  };
}

function differences(what: string, found: StoreRows, expected: StoreRows): string[] {
  const textOf = ({ own, shared, brought, counted }: StoreRows) =>
    JSON.stringify([own, shared, brought].map((rows) => [...rows].sort()).concat([[['counted', counted]]]));
  return textOf(found) === textOf(expected) ? [] : [`${what} hold ${textOf(found)} and not ${textOf(expected)}`];
}
