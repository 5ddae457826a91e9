import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Random, seededRandom } from '@cassette/storage/testing';
import { serve } from '../../scripts/tools/serve.mjs';
import { type BrowserKind, type LaunchedBrowser, launch } from '../browser/launched.ts';
import { CountersWriter } from './counters-writer.ts';
import { ExportWriter } from './export-writer.ts';
import { ImportWriter, zipOfImport } from './import-writer.ts';
import type { Found, FoundTable, Operation, Writer } from './operations.ts';
import { RowsWriter } from './rows-writer.ts';
import { SchemaWriter } from './schema-writer.ts';
import { TrailWriter } from './trail-writer.ts';
import { UpkeepWriter } from './upkeep-writer.ts';

const e2e = fileURLToPath(new URL('..', import.meta.url));

/** Under compactions of every kind; `pad` takes room and is never read. */
const schema = `CREATE KEYSPACE IF NOT EXISTS ks WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
CREATE TABLE IF NOT EXISTS ks.rows (w int, k int, s text static, v text, n int, tags set<int>, PRIMARY KEY (w, k))
  WITH compaction = {'class': 'SizeTieredCompactionStrategy', 'min_threshold': '2'};
CREATE TABLE IF NOT EXISTS ks.pairs (p int, w int, v text, PRIMARY KEY (p, w))
  WITH compaction = {'class': 'LeveledCompactionStrategy'} AND compression = {'enabled': false};
CREATE TABLE IF NOT EXISTS ks.counts (w int, half int, k int, c counter, PRIMARY KEY ((w, half), k))
  WITH compaction = {'class': 'UnifiedCompactionStrategy'};
CREATE TABLE IF NOT EXISTS ks.trail (day int, n int, v text, pad text, PRIMARY KEY (day, n)) WITH CLUSTERING ORDER BY (n DESC);`;

/** So that flushes and compactions are always under way, and writes wait for them rather than to gather memtables without end. */
const smallMemtables = { memtableFlushThreshold: 64 * 1024, memtableHardLimit: 256 * 1024, walSegmentSizeMax: 256 * 1024 };

/** What a kill interrupts. */
export const moments = ['opening', 'writing', 'import', 'export', 'compact', 'schema'] as const;
type Moment = (typeof moments)[number];

/** How a run is made. */
export interface LivesOptions {
  readonly kind: BrowserKind;
  readonly kills: number;
  readonly seed: number;
  /** For the browser's profile. */
  readonly folder: string;
}

/** What a run came to. */
export interface LivesReport {
  readonly kills: Readonly<Record<Moment, number>>;
  /** Operations that were acknowledged. */
  readonly acknowledged: number;
  readonly trail: number;
  readonly imports: number;
  readonly compactions: number;
  readonly exports: number;
  /** Exports that were complete when the browser was killed, before anybody could be told. */
  readonly exportsUnheard: number;
  readonly litterSwept: number;
  readonly tornTails: number;
  readonly replayed: number;
  /** The last export, and the rows of all tables when it was made. */
  readonly zip: Uint8Array;
  readonly tables: Readonly<Record<string, FoundTable>>;
}

/** One start of the browser, until it is killed. */
interface Life {
  readonly number: number;
  readonly moment: Moment | 'last';
  readonly writers: readonly Writer[];
  isKilled: boolean;
  /** Whether its page was loaded. */
  isHeard: boolean;
  /** So many of what is to be interrupted go to their end before. */
  spared: number;
  /** Has the browser killed, in so many milliseconds; the first call counts. */
  killIn(milliseconds: number): void;
  fail(error: Error): void;
  finish(): void;
}

/** A store that is killed with its browser again and again, each time at another moment. */
export class Lives {
  private readonly options: LivesOptions;
  private readonly random: Random;
  private readonly rows: readonly Writer[];
  private readonly trail = new TrailWriter();
  private readonly imports = new ImportWriter();
  private readonly exports = new ExportWriter();
  private readonly upkeep = new UpkeepWriter();
  private readonly schema = new SchemaWriter();
  private readonly writers: readonly Writer[];
  private readonly kills: Record<Moment, number> = { opening: 0, writing: 0, import: 0, export: 0, compact: 0, schema: 0 };
  /** Milliseconds that things took lately: kills are at moments within. */
  private readonly usual: Record<string, number> = { opening: 300, import: 600, export: 600, compact: 400 };
  private readonly begun = new Map<string, number>();
  private readonly sums = { acknowledged: 0, imports: 0, compactions: 0, litterSwept: 0, tornTails: 0, replayed: 0 };
  private life: Life | null = null;
  /** What the page last told of its engine. */
  private pulse: unknown = null;
  private finalChunks: Buffer[] = [];
  private tables: LivesReport['tables'] = {};

  constructor(options: LivesOptions) {
    this.options = options;
    const { seed } = options;
    this.random = seededRandom(seed);
    this.rows = [
      ...[1, 2, 3].map((number) => new RowsWriter(number, seed + number)),
      ...[1, 2].map((number) => new CountersWriter(number, seed + 10 + number)),
    ];
    this.writers = [...this.rows, this.trail, this.imports, this.exports, this.upkeep, this.schema];
  }

  /** Lives so often as was asked for, and once more. Rejects with what was wrong with the store after which kill. */
  async run(): Promise<LivesReport> {
    const { kills } = this.options;
    const server = await serve(
      { '/': join(e2e, 'pages'), '/client/': join(e2e, '../packages/client/dist') },
      { posts: (url, body) => this.answer(url, body) },
    );
    try {
      for (let number = 0; number <= kills; number++) await this.live(number, number === kills, server.url);
    } finally {
      await server.close();
    }
    return {
      ...this.sums,
      kills: this.kills,
      trail: this.trail.size,
      exports: this.exports.count,
      exportsUnheard: this.exports.unheard,
      zip: Buffer.concat(this.finalChunks),
      tables: this.tables,
    };
  }

  private async live(number: number, isLast: boolean, url: string): Promise<void> {
    const moment = isLast ? 'last' : moments[Math.floor(this.random() * moments.length)];
    const { kind, folder, seed } = this.options;
    let browser: LaunchedBrowser | null = null;
    let timer: NodeJS.Timeout | null = null;
    let patience: NodeJS.Timeout | null = null;
    let isOver = false;
    try {
      await new Promise<void>((resolve, reject) => {
        const life: Life = {
          number,
          moment,
          writers: this.writersOf(moment),
          isKilled: false,
          isHeard: false,
          spared: Math.floor(this.random() * 3),
          killIn(milliseconds) {
            timer ??= setTimeout(() => {
              life.isKilled = true;
              resolve();
            }, milliseconds);
          },
          fail: (error) => {
            if (!life.isKilled) reject(error);
          },
          finish: resolve,
        };
        this.life = life;
        this.begun.clear();
        this.pulse = null;
        // A page that is not heard of any more: what it waits for is what the test is about.
        patience = setTimeout(() => reject(new Error(`nothing came of it for ten minutes; ${this.state()}`)), 600_000);
        const start = (tries: number): void => {
          launch(kind, join(folder, 'profile'), `${url}kills.html?life=${number}`).then((launched) => {
            browser = launched;
            launched.gone.then(() => {
              // A browser that ends before it has a page is started once more, as its user would do; the store had no part in that.
              if (!life.isHeard && !isOver && tries > 1) start(tries - 1);
              else life.fail(new Error('the browser ended by itself'));
            });
          }, reject);
        };
        start(3);
      });
    } catch (error) {
      throw new Error(`${kind}, seed ${seed}, after ${number} kills (next one: ${moment}): ${(error as Error).message}`, {
        cause: error,
      });
    } finally {
      isOver = true;
      if (timer !== null) clearTimeout(timer);
      if (patience !== null) clearTimeout(patience);
      await (browser as LaunchedBrowser | null)?.kill();
    }
    if (moment !== 'last') this.kills[moment]++;
  }

  private writersOf(moment: Moment | 'last'): readonly Writer[] {
    const others: Partial<Record<Moment | 'last', readonly Writer[]>> = {
      import: [this.imports],
      export: [this.exports],
      compact: [this.upkeep],
      schema: [this.schema],
      writing: this.random() < 0.5 ? [this.imports, this.exports, this.upkeep, this.schema] : [],
    };
    return [...this.rows, this.trail, ...(others[moment] ?? [])];
  }

  /** What a page posted. Pages of earlier lives, which a browser may bring back, are told to do nothing. */
  private async answer(url: URL, body: Buffer): Promise<unknown> {
    const { life } = this;
    if (life === null || Number(url.searchParams.get('life')) !== life.number) return null;
    const what = url.pathname.replace('/kills/', '');
    try {
      if (what === 'chunk') return this.takeChunk(Number(url.searchParams.get('n')), body);
      if (what === 'zip') return await zipOfImport(Number(url.searchParams.get('id')));
      return this.hear(life, what, JSON.parse(body.toString()));
    } catch (error) {
      life.fail(error as Error);
      throw error;
    }
  }

  private takeChunk(n: number, chunk: Buffer): void {
    if (n < 0) this.finalChunks.push(chunk);
    else this.exports.take(n, chunk);
  }

  private hear(life: Life, what: string, told: unknown): unknown {
    const { moment } = life;
    switch (what) {
      case 'hello':
        life.isHeard = true;
        this.begin('opening');
        if (moment === 'opening') life.killIn(this.within('opening', 1.6));
        return {
          open: {
            name: 'kills',
            schema,
            askPersistence: false,
            config: smallMemtables,
          },
        };
      case 'opened':
        this.end('opening');
        this.checkRecovery(told as Recovery);
        return null;
      case 'found':
        this.check(told as Found & { strayFiles: unknown });
        if (moment === 'last') return { finish: true, work: [] };
        if (moment === 'writing' || moment === 'schema') life.killIn(this.random() * 2500);
        // Others are killed a while after they have begun what is to be interrupted.
        return { finish: false, work: this.work(life) };
      case 'begun':
        this.begin(told as string);
        if (told === moment && life.spared-- <= 0) life.killIn(this.within(moment, 1.2));
        return null;
      case 'done':
        for (const { writer, n, kind, result } of told as Done[]) {
          this.writers.find(({ name }) => name === writer)!.acknowledge(n, result);
          this.end(kind);
          this.sums.acknowledged++;
          if (kind === 'import') this.sums.imports++;
          if (kind === 'compact') this.sums.compactions++;
        }
        return this.work(life);
      case 'finished': {
        const { tables, strayFiles } = told as Pick<Found, 'tables'> & { strayFiles: unknown };
        if (strayFiles !== null) throw new Error(`files at the end: ${JSON.stringify(strayFiles)}`);
        this.tables = tables;
        life.finish();
        return null;
      }
      case 'pulse':
        this.pulse = told;
        return null;
      case 'failed':
        throw new Error(`the page failed: ${told}`);
      default:
        throw new Error(`a page posted ${what}`);
    }
  }

  /** For messages. */
  private state(): string {
    const open = this.writers.filter((writer) => writer.open > 0).map(({ name, open: count }) => `${name} ${count}`);
    return `under way: ${[...this.begun.keys()]}; open: ${open}; engine: ${JSON.stringify(this.pulse)}`;
  }

  private work({ writers }: Life): { name: string; width: number; operations: Operation[] }[] {
    return writers.map((writer) => {
      const operations: Operation[] = [];
      while (writer.open < writer.window) operations.push(writer.next());
      return { name: writer.name, width: writer.width, operations };
    });
  }

  private checkRecovery({ corruption, filesAside, sstablesSetAside, litterSwept, tornTails, mutationsReplayed }: Recovery): void {
    if (corruption.length + filesAside.length + sstablesSetAside.length > 0) {
      throw new Error(`recovery found damage: ${JSON.stringify({ corruption, filesAside, sstablesSetAside })}`);
    }
    this.sums.litterSwept += litterSwept.length;
    this.sums.tornTails += tornTails.length;
    this.sums.replayed += mutationsReplayed;
  }

  private check({ strayFiles, ...found }: Found & { strayFiles: unknown }): void {
    if (strayFiles !== null) throw new Error(`files and catalog differ: ${JSON.stringify(strayFiles)}`);
    const wrong = this.writers.map((writer) => writer.settle(found)).filter((one) => one !== null);
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
  }

  private begin(what: string): void {
    this.begun.set(what, performance.now());
  }

  private end(what: string): void {
    const since = this.begun.get(what);
    if (since === undefined) return;
    this.begun.delete(what);
    this.usual[what] = 0.7 * this.usual[what] + 0.3 * (performance.now() - since);
  }

  private within(what: string, share: number): number {
    return this.random() * share * this.usual[what];
  }
}

interface Recovery {
  readonly corruption: readonly unknown[];
  readonly filesAside: readonly unknown[];
  readonly sstablesSetAside: readonly unknown[];
  readonly litterSwept: readonly string[];
  readonly tornTails: readonly unknown[];
  readonly mutationsReplayed: number;
}

interface Done {
  readonly writer: string;
  readonly n: number;
  readonly kind: string;
  readonly result: unknown;
}
