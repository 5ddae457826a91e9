import { CassetteError } from '@cassette/bytes';
import {
  ClosedError,
  type CompactionStats,
  type Database,
  type EngineEvent,
  type ExportOptions,
  type ExportReport,
  type MaintenanceReport,
  openDatabase,
} from '@cassette/engine';
import { detectOpfs, MemoryStorage, OpfsStorage, StorageUnsupportedError } from '@cassette/storage/browser';
import { releaseProxy, transfer } from 'comlink';
import { AbortedError } from '../errors/client-errors.ts';
import type { Callback } from '../wire/callback.ts';
import type { CallMessage, SettledCalls } from '../wire/calls.ts';
import { greeting, type HostStats, type OpenReply, type OpenRequest } from '../wire/protocol.ts';
import type { KeyspaceInfo } from '../wire/schema-info.ts';
import type { ScriptPart } from '../wire/script-part.ts';
import { CallRunner } from './call-runner.ts';
import { ProgressTeller } from './progress-teller.ts';
import { schemaInfo } from './schema-info.ts';
import { splitScript } from './split-script.ts';

/** What a page calls in the worker, through Comlink. One host holds one store. */
export class WorkerHost {
  private database: Database | null = null;
  private runner: CallRunner | null = null;
  private readonly exports = new Map<number, AbortController>();
  private readonly listeners = new Map<number, () => void>();

  /** Tells a page that this is Cassette's worker. */
  greet(): string {
    return greeting;
  }

  /** Opens the store. Rejects with StoreLockedError, StorageUnsupportedError or what recovery can't go on from. */
  async open(request: OpenRequest): Promise<OpenReply> {
    if (this.database !== null) throw new CassetteError('ALREADY_OPEN', 'This worker holds a store already');
    const alive = await holdLock();
    const support = await detectOpfs();
    if (!support.ok && !request.allowInMemory) {
      throw new StorageUnsupportedError(
        `This browser can't keep data here: ${support.reason.replace(/\.+$/, '')}. Pass { allowInMemory: true } to open() to go on with a store that is gone with the tab.`,
        { reason: support.reason },
      );
    }
    const storage = support.ok ? new OpfsStorage(request.name) : new MemoryStorage();
    const database = await openDatabase({ ...request.options, storage });
    this.database = database;
    this.runner = new CallRunner(database);
    return { alive, persistent: support.ok, reason: support.ok ? null : support.reason, recovery: database.recovery };
  }

  submit(message: CallMessage): Promise<SettledCalls> {
    this.opened(this.database);
    return this.opened(this.runner).submit(message);
  }

  rest(id: number): Promise<SettledCalls> {
    return this.opened(this.runner).rest(id);
  }

  /** Writes what is in memory to SSTables, writes that came before included. */
  async flush(): Promise<void> {
    await this.opened(this.runner).settled();
    await this.opened(this.database).flush();
  }

  /** Compacts a table, or all, writes that came before included. */
  async compact(table?: string): Promise<readonly CompactionStats[]> {
    await this.opened(this.runner).settled();
    return this.opened(this.database).compact(table);
  }

  /** Compacts for about so many milliseconds. */
  async maintenanceStep(budgetMilliseconds: number): Promise<MaintenanceReport> {
    return this.opened(this.database).maintenanceStep(budgetMilliseconds);
  }

  /** Writes mutations that the page has encoded. */
  async write(mutations: Uint8Array | readonly Uint8Array[]): Promise<void> {
    await this.opened(this.database).write(mutations);
  }

  async stats(): Promise<HostStats> {
    return this.opened(this.database).stats();
  }

  /** The schema of a keyspace as CQL, or of all of them. */
  async describe(keyspace?: string): Promise<string> {
    await this.opened(this.runner).settled('schema changes');
    return this.opened(this.database).describe(keyspace);
  }

  /** Keyspaces, their tables and types. */
  async metadata(): Promise<readonly KeyspaceInfo[]> {
    await this.opened(this.runner).settled('schema changes');
    return schemaInfo(this.opened(this.database).schema);
  }

  /** The statements of a script. */
  async splitScript(script: string): Promise<readonly ScriptPart[]> {
    return splitScript(script);
  }

  /** Calls back with what the engine does, gathered over some 30 ms, until `unlisten` with the same number. */
  listen(id: number, listener: Callback<[readonly EngineEvent[]]>): void {
    let gathered: EngineEvent[] = [];
    const unsubscribe = this.opened(this.database).events.subscribe((event) => {
      gathered.push(event);
      if (gathered.length > 1) return;
      setTimeout(() => {
        const events = gathered;
        gathered = [];
        // A page that is gone can't be told; its worker is on its way out as well.
        listener(events).catch((error: unknown) => console.warn('Cassette: an event listener failed', error));
      }, 30);
    });
    this.listeners.set(id, () => {
      unsubscribe();
      listener[releaseProxy]?.();
    });
  }

  /** Ends a `listen`. */
  unlisten(id: number): void {
    this.listeners.get(id)?.();
    this.listeners.delete(id);
  }

  /** Streams the zip into `write`, a chunk at a time, the next one when the last was taken. */
  async export(
    id: number,
    options: ExportOptions,
    write: Callback<[Uint8Array]>,
    progress: Callback<[number, number]> | null,
  ): Promise<ExportReport> {
    const abort = new AbortController();
    this.exports.set(id, abort);
    const teller = progress === null ? null : new ProgressTeller(progress);
    try {
      await this.opened(this.runner).settled();
      const sink = { write: (chunk: Uint8Array) => write(transfer(chunk, [chunk.buffer as ArrayBuffer])) };
      const report = await this.opened(this.database).export(options, sink, {
        signal: abort.signal,
        ...(teller === null ? {} : { onProgress: (now) => teller.tell(now) }),
      });
      await teller?.finish();
      return report;
    } catch (error) {
      throw abort.signal.aborted ? new AbortedError('The export', error) : error;
    } finally {
      this.exports.delete(id);
      write[releaseProxy]?.();
      progress?.[releaseProxy]?.();
    }
  }

  /** Ends an export that is under way; its call rejects with AbortedError. */
  cancelExport(id: number): void {
    this.exports.get(id)?.abort();
  }

  /** Closes the store when the calls that came before have settled. */
  async close(): Promise<void> {
    const { database } = this;
    this.database = null;
    await this.runner?.settled();
    await database?.close();
  }

  private opened<T>(part: T | null): T {
    if (part === null) throw new ClosedError('The store');
    return part;
  }
}

/**
 * Takes a lock that only the worker's end gives free, so that a page that waits for it learns of that end: nothing else
 * tells it of a worker that crashed. Resolves with the lock's name, or null where there are no locks.
 */
function holdLock(): Promise<string | null> {
  if (!('locks' in navigator)) return Promise.resolve(null);
  const name = `cassette-worker:${crypto.randomUUID()}`;
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(name, () => {
        resolve(name);
        return new Promise<never>(() => undefined);
      })
      .catch(reject);
  });
}
