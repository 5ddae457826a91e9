// Writers and readers that keep an engine busy, on the page's side. Never more than a few milliseconds of the page at a time.

import { type CassetteError, type LatencyStats, latencyBetween, type RemoteDatabase } from '@cassette/client';
import { signal } from '@preact/signals';
import { Acknowledged, Comparing, type Comparison } from './acknowledged.ts';
import { KeyChooser } from './choose-key.ts';
import {
  durabilities,
  type LoadOptions,
  loadSchema,
  loadTable,
  placeOf,
  rowsOfPartition,
  type Strategy,
  strategies,
} from './load-options.ts';
import { PageLatency } from './page-latency.ts';

/** What the generator has reached. */
export interface LoadFigures {
  /** Rows that were acknowledged since it was started last, calls of them, and rows that were read. */
  readonly rows: number;
  readonly calls: number;
  readonly reads: number;
  /** Per second, over the last seconds. */
  readonly rowsPerSecond: number;
  readonly readsPerSecond: number;
  /** As the page sees them, of the last seconds. */
  readonly latency: LatencyStats | null;
  /** Calls under way. */
  readonly underWay: number;
  /** Seconds since it was started. */
  readonly seconds: number;
}

/** Where it stands. */
export type LoadState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running' }
  | { readonly kind: 'stopping' }
  /** By itself; `why` for people. */
  | { readonly kind: 'ended'; readonly why: string; readonly isError: boolean };

type Operation = 'insert' | 'update' | 'delete' | 'expiring';

/** Bytes of one call, at most, so that no page is held up by packing it. */
const callBytesMax = 256_000;
const poolSize = 65_536;
const figuresMs = 500;
/** How long writers wait when memory is full. */
const fullWaitMs = 100;

/** What was acknowledged, by strategy, and the version of the last row: as long as the page lives. */
interface Written {
  readonly acknowledged: Acknowledged;
  version: number;
}

/** Generates load for one open store. */
export class LoadRun {
  readonly state = signal<LoadState>({ kind: 'idle' });
  readonly figures = signal<LoadFigures | null>(null);
  readonly #database: RemoteDatabase;
  readonly #written = new Map<Strategy, Written>();
  #options: LoadOptions | null = null;
  #isRunning = false;
  #writing: Promise<void> = Promise.resolve();
  #pool = '';
  #rows = 0;
  #calls = 0;
  #reads = 0;
  #handedOut = 0;
  #underWay = 0;
  #started = 0;
  #latency = new PageLatency();

  constructor(database: RemoteDatabase) {
    this.#database = database;
    // Whoever follows it says what happened; writers stop by themselves.
    void database.closed.then(() => this.#end('The store was closed', false));
  }

  /** Whether anything was ever written by this page. */
  get hasWritten(): boolean {
    return this.#written.size > 0;
  }

  /** Starts; makes the table where there is none. Rejects with what the engine says to that. */
  async start(options: LoadOptions): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#options = options;
    this.state.value = { kind: 'running' };
    await this.#writing;
    try {
      for (const statement of loadSchema(options.strategy)) await this.#database.execute(statement);
    } catch (error) {
      this.#end((error as Error).message, true);
      throw error;
    }
    if (!this.#isRunning) return;
    this.#pool ||= randomText(poolSize);
    this.#rows = this.#calls = this.#reads = this.#handedOut = 0;
    this.#latency = new PageLatency();
    this.#started = performance.now();
    const written = this.#of(options.strategy);
    const first = written.acknowledged.size;
    const writers = Array.from({ length: options.writers }, (_, writer) => this.#write(options, written, writer, first));
    const readers = Array.from({ length: options.readers }, () => this.#read(options, written));
    this.#writing = Promise.all([...writers, ...readers]).then(() => undefined);
    void this.#tell();
  }

  /** Starts again as it was started last. */
  async resume(): Promise<void> {
    if (this.#options !== null) await this.start(this.#options);
  }

  /** Stops when the calls under way have been answered. */
  async stop(): Promise<void> {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    this.state.value = { kind: 'stopping' };
    await this.settled();
    const last = this.figures.peek();
    if (last !== null) {
      const [rows, calls, reads] = [this.#rows, this.#calls, this.#reads];
      this.figures.value = { ...last, rows, calls, reads, rowsPerSecond: 0, readsPerSecond: 0, latency: null, underWay: 0 };
    }
    if (this.state.peek().kind === 'stopping') this.state.value = { kind: 'idle' };
  }

  /** Resolves when nothing is under way; of one that goes on, when that is stopped. */
  settled(): Promise<void> {
    return this.#writing;
  }

  /** How many rows and calls are acknowledged and under way at this moment. */
  get now(): { readonly rows: number; readonly underWay: number } {
    return { rows: this.#rows, underWay: this.#underWay };
  }

  /** The durability of what was written last; null before the first start. */
  get durability(): LoadOptions['durability'] | null {
    return this.#options?.durability ?? null;
  }

  /** Drops the tables and forgets what was in them. */
  async clear(): Promise<void> {
    await this.stop();
    for (const strategy of Object.keys(strategies) as Strategy[])
      await this.#database.execute(`DROP TABLE IF EXISTS ${loadTable(strategy)}`);
    this.#written.clear();
    this.figures.value = null;
    this.state.value = { kind: 'idle' };
  }

  /** Reads all tables that this page wrote, and compares them with what was acknowledged. `told`: rows read so far. */
  async compare(told: (rows: number) => void): Promise<Comparison> {
    const sum = { rows: 0, there: 0, stale: 0, deleted: 0, risen: 0 };
    let read = 0;
    for (const [strategy, { acknowledged }] of this.#written) {
      const comparing = new Comparing(acknowledged, Date.now() / 1000);
      const query = `SELECT part, id, version FROM ${loadTable(strategy)}`;
      for await (const row of this.#database.stream(query, [], { fetchSize: 2000 })) {
        comparing.found((row.part as number) * rowsOfPartition + (row.id as number), row.version as number | null);
        if (++read % 2000 === 0) told(read);
      }
      const one = await comparing.end(turn);
      await comparing.forget(turn);
      for (const key of ['rows', 'there', 'stale', 'deleted', 'risen'] as const) sum[key] += one[key];
    }
    told(read);
    return sum;
  }

  #of(strategy: Strategy): Written {
    let written = this.#written.get(strategy);
    if (written === undefined) {
      written = { acknowledged: new Acknowledged(), version: 0 };
      this.#written.set(strategy, written);
    }
    return written;
  }

  #end(why: string, isError: boolean): void {
    if (!this.#isRunning && this.state.peek().kind !== 'stopping') return;
    this.#isRunning = false;
    this.state.value = { kind: 'ended', why, isError };
  }

  async #write(options: LoadOptions, written: Written, writer: number, first: number): Promise<void> {
    const { rowSize, keys, keyCount, writers, rate, ttl, minutes } = options;
    const chooser = new KeyChooser(keys, keyCount, writer, writers, first, Math.random);
    const table = loadTable(options.strategy);
    const queries: Record<Operation, string> = {
      insert: `INSERT INTO ${table} (part, id, version, body) VALUES (?, ?, ?, ?)`,
      expiring: `INSERT INTO ${table} (part, id, version, body) VALUES (?, ?, ?, ?) USING TTL ${ttl}`,
      update: `UPDATE ${table} SET version = ?, body = ? WHERE part = ? AND id = ?`,
      delete: `DELETE FROM ${table} WHERE part = ? AND id = ?`,
    };
    const durability = durabilities[options.durability].value;
    const rowsOfCall = Math.max(1, Math.min(options.rowsPerCall, Math.floor(callBytesMax / (rowSize + 40))));
    while (this.#isRunning) {
      if (rate > 0) await this.#due(rate, rowsOfCall);
      else await turn();
      if (!this.#isRunning) return;
      if (minutes > 0 && performance.now() - this.#started > minutes * 60_000) return this.#end('Its time was over', false);
      const kind = operationOf(options);
      // Each key once in a call: of two rows about one key only the store knows which came last when the call is sent again.
      const used = new Set<number>();
      const batchKeys: number[] = [];
      const batchVersions: number[] = [];
      const rows: unknown[][] = [];
      for (let i = 0; i < rowsOfCall; i++) {
        const key = kind === 'insert' || kind === 'expiring' ? chooser.fresh() : chooser.again();
        if (used.has(key)) continue;
        used.add(key);
        const version = ++written.version;
        const [part, id] = placeOf(key);
        batchKeys.push(key);
        batchVersions.push(version);
        if (kind === 'delete') rows.push([part, id]);
        else if (kind === 'update') rows.push([version, this.#text(rowSize), part, id]);
        else rows.push([part, id, version, this.#text(rowSize)]);
      }
      const sent = performance.now();
      const sentSecond = Math.floor(Date.now() / 1000);
      this.#underWay += rows.length;
      try {
        if (rows.length === 1) await this.#database.execute(queries[kind], rows[0], { durability });
        else await this.#database.executeMany(queries[kind], rows as never, { durability });
      } catch (error) {
        for (const key of batchKeys) written.acknowledged.unclear(key);
        const { code, message } = error as CassetteError;
        if (code !== 'MEMTABLE_FULL') return this.#end(message, true);
        await sleep(fullWaitMs);
        continue;
      } finally {
        this.#underWay -= rows.length;
      }
      this.#latency.add(performance.now() - sent);
      for (let i = 0; i < rows.length; i++) {
        if (kind === 'delete') written.acknowledged.deleted(batchKeys[i], batchVersions[i]);
        else written.acknowledged.written(batchKeys[i], batchVersions[i], kind === 'expiring' ? sentSecond + ttl : 0);
      }
      this.#rows += rows.length;
      this.#calls++;
    }
  }

  async #read(options: LoadOptions, written: Written): Promise<void> {
    const query = `SELECT version, body FROM ${loadTable(options.strategy)} WHERE part = ? AND id = ?`;
    while (this.#isRunning) {
      await turn();
      const { size } = written.acknowledged;
      try {
        await this.#database.execute(query, [...placeOf(Math.floor(Math.random() * Math.max(1, size)))]);
      } catch (error) {
        return this.#end((error as Error).message, true);
      }
      this.#reads++;
    }
  }

  /** Waits until so many rows more are due. */
  async #due(rate: number, rows: number): Promise<void> {
    const due = this.#started + (this.#handedOut / rate) * 1000;
    this.#handedOut += rows;
    for (let left = due - performance.now(); left > 0 && this.#isRunning; left = due - performance.now()) {
      await sleep(Math.min(200, left));
    }
  }

  async #tell(): Promise<void> {
    let [rows, reads, at] = [0, 0, performance.now()];
    let before = this.#latency.stats();
    while (this.#isRunning) {
      await sleep(figuresMs);
      const now = performance.now();
      const seconds = (now - at) / 1000;
      const after = this.#latency.stats();
      const latency = latencyBetween(before, after);
      this.figures.value = {
        rows: this.#rows,
        calls: this.#calls,
        reads: this.#reads,
        rowsPerSecond: (this.#rows - rows) / seconds,
        readsPerSecond: (this.#reads - reads) / seconds,
        latency: latency.count > 0 ? latency : null,
        underWay: this.#underWay,
        seconds: (now - this.#started) / 1000,
      };
      [rows, reads, at, before] = [this.#rows, this.#reads, now, after];
    }
  }

  #text(length: number): string {
    const from = Math.floor(Math.random() * (poolSize - length));
    return this.#pool.slice(from, from + length);
  }
}

function operationOf({ updates, deletes, expiring }: LoadOptions): Operation {
  const at = Math.random() * Math.max(100, updates + deletes + expiring);
  if (at < updates) return 'update';
  if (at < updates + deletes) return 'delete';
  return at < updates + deletes + expiring ? 'expiring' : 'insert';
}

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789 ';

function randomText(length: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  let text = '';
  for (const byte of bytes) text += letters[byte % letters.length];
  return text;
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

const waiting: (() => void)[] = [];
const channel = new MessageChannel();
channel.port1.onmessage = () => waiting.shift()?.();

/** Lets the page have its turn: each writer's work is a task of its own, however many answers come at once. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(null);
  });
}

const runs = new WeakMap<RemoteDatabase, LoadRun>();

/** The generator of an open store: there is one as long as the store is open, whichever view is looked at. */
export function loadOf(database: RemoteDatabase): LoadRun {
  let run = runs.get(database);
  if (run === undefined) {
    run = new LoadRun(database);
    runs.set(database, run);
  }
  return run;
}
