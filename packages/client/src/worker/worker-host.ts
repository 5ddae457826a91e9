import {
  ClosedError,
  type CompactionStats,
  type ConfirmOptions,
  changeFeeds,
  checkedConfig,
  type Database,
  type DropReport,
  type EngineEvent,
  type ExportInfo,
  type ExportOptions,
  type ExportPlatform,
  type ExportProgress,
  type ExportReport,
  exportPart,
  type ImportProgress,
  type ImportReport,
  liveQueryPart,
  type MaintenanceReport,
  type WriteOptions,
} from '@cassette/engine';
import type { KeyChallenge } from '@cassette/storage/encrypted';
import { releaseProxy, transfer } from 'comlink';
import { AbortedError } from '../errors/client-errors.ts';
import type { FailureCallback, LiveRequest, UpdateCallback } from '../live/live-wire.ts';
import { type ChangesReply, type ChangesRequest, ServedChanges } from '../live/serve-changes.ts';
import { serveLive } from '../live/serve-live.ts';
import type { Callback } from '../wire/callback.ts';
import type { CallMessage, SettledCalls } from '../wire/calls.ts';
import { GarbageCollection } from '../wire/collect-garbage.ts';
import type { ExportForm, WriteCallback } from '../wire/export-wire.ts';
import type { ChunkCallback, ImportRequest } from '../wire/import-wire.ts';
import {
  type CopyRequest,
  greeting,
  type JoinRequest,
  type OpenReply,
  type OpenRequest,
  type RewrapRequest,
} from '../wire/protocol.ts';
import type { KeyspaceInfo } from '../wire/schema-info.ts';
import type { ScriptPart } from '../wire/script-part.ts';
import type { StoreStats } from '../wire/store-stats.ts';
import { challengeOf, requireProof } from './ask-for-key.ts';
import { CallRunner } from './call-runner.ts';
import type { HeldStore } from './held-store.ts';
import { copy, rewrap } from './manage-keys.ts';
import { ProgressTeller } from './progress-teller.ts';
import { schemaInfo } from './schema-info.ts';
import { serveImport } from './serve-import.ts';
import { splitScript } from './split-script.ts';
import { untilAborted } from './until-aborted.ts';

/**
 * What a tab calls in the worker, through Comlink: the page that started the worker, and every other tab that uses the store.
 * Each has one of its own, with its keyspace, its listeners and its exports.
 */
export class WorkerHost {
  private readonly store: HeldStore;
  private readonly onLeft: () => void;
  private isOwners = false;
  private runner: CallRunner | null = null;
  private challenge: KeyChallenge | null = null;
  private readonly exports = new Map<number, AbortController>();
  private readonly listeners = new Map<number, () => void>();
  private readonly readers = new Map<number, ServedChanges>();

  /** `onLeft`: called when the tab has said good-bye, for those that join. */
  constructor(store: HeldStore, onLeft: () => void = () => undefined) {
    this.store = store;
    this.onLeft = onLeft;
  }

  /** The store; null once it closes, and before the tab has joined. */
  private get database(): Database | null {
    return this.runner !== null && this.store.isOpen ? this.store.opened.database : null;
  }

  /** Tells a tab that this is Cassette's worker, and that it is alive. */
  greet(): string {
    return greeting;
  }

  /** Takes the lock that tells of the worker's end, and resolves with its name; see HeldStore. */
  aliveLock(): Promise<string | null> {
    return this.store.aliveLock();
  }

  /** Opens the store, for the page that started the worker; see HeldStore. */
  async open(request: OpenRequest): Promise<OpenReply> {
    this.isOwners = true;
    const reply = await this.store.open(request, this);
    const { database } = this.store.opened;
    this.runner = new CallRunner(database, { keyspace: database.keyspace }, request.used);
    return reply;
  }

  /** What another tab has to answer before it may join; null where the store is not encrypted. Each challenge takes one answer. */
  async keyChallenge(): Promise<KeyChallenge | null> {
    this.challenge = challengeOf(this.store.opened.database.engine.storage);
    return this.challenge;
  }

  /**
   * Begins the calls of another tab; its schema is executed. Rejects with CQL errors of that, and with StorageError ENCRYPTION_KEY_MISSING
   * and ENCRYPTION_KEY_WRONG, CassetteError INVALID_OPTION.
   */
  async join({ options, used, proof }: JoinRequest): Promise<OpenReply> {
    const { database, reply } = this.store.opened;
    const { challenge } = this;
    this.challenge = null;
    await requireProof(database.engine.storage, challenge, proof);
    // The rest of it is of use when that tab owns the store, and wrong from the beginning. A tab that says nothing means what it would mean
    // as the owner, whatever the owner says of its own writes.
    const { durability: ofConfig } = checkedConfig(options.config);
    this.store.add(this);
    const { durability = ofConfig } = options;
    const keyspace = await database.join(options.keyspace, options.schema);
    this.runner = new CallRunner(database, { keyspace, defaultDurability: durability }, used);
    return reply;
  }

  /** Resolves when all calls so far have settled. */
  async settled(): Promise<void> {
    await this.runner?.settled();
  }

  /** The tab is gone: ends what it had going on. */
  leave(): void {
    this.runner?.leave();
    for (const abort of this.exports.values()) abort.abort();
    for (const id of [...this.listeners.keys()]) this.unlisten(id);
    this.store.remove(this);
  }

  submit(message: CallMessage): Promise<SettledCalls> {
    this.opened(this.database);
    // What other tabs have on its way nobody knows.
    return this.opened(this.runner).submit(message, message.isAlone === true && this.store.tabs === 1);
  }

  rest(id: number): Promise<SettledCalls> {
    return this.opened(this.runner).rest(id);
  }

  /** Writes what is in memory to SSTables, writes that came before included. */
  async flush(): Promise<void> {
    await this.opened(this.runner).written();
    await this.opened(this.database).flush();
  }

  /** Compacts a table, or all, writes that came before included. */
  async compact(table?: string, id = 0): Promise<readonly CompactionStats[]> {
    const runner = this.opened(this.runner);
    const abort = new AbortController();
    this.exports.set(id, abort);
    try {
      await runner.written();
      const named = table === undefined || table.includes('.') ? table : `${runner.currentKeyspace}.${table}`;
      return await this.opened(this.database).compact(named, { signal: abort.signal });
    } finally {
      this.exports.delete(id);
    }
  }

  /** Compacts for about so many milliseconds. */
  async maintenanceStep(budgetMilliseconds: number): Promise<MaintenanceReport> {
    return this.opened(this.database).maintenanceStep(budgetMilliseconds);
  }

  /** Writes mutations that the page has encoded. */
  async write(mutations: Uint8Array | readonly Uint8Array[], options?: WriteOptions): Promise<void> {
    this.opened(this.database);
    await this.opened(this.runner).write(mutations, options);
  }

  async stats(): Promise<StoreStats> {
    return { ...this.opened(this.database).stats(), tabs: this.store.tabs };
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

  /**
   * Calls back with what the engine does, gathered over some 30 ms, until `unlisten` with the same number; first with what opening found,
   * be it long ago.
   */
  listen(id: number, listener: Callback<[readonly EngineEvent[]]>): void {
    this.unlisten(id);
    let gathered: EngineEvent[] = [];
    const tell = (event: EngineEvent) => {
      gathered.push(event);
      if (gathered.length > 1) return;
      setTimeout(() => {
        const events = gathered;
        gathered = [];
        // A page that is gone can't be told; its worker is on its way out as well.
        listener(events).catch((error: unknown) => console.warn('Cassette: an event listener failed', error));
      }, 30);
    };
    const { events } = this.opened(this.database);
    if (events.opening !== null) tell(events.opening);
    const unsubscribe = events.subscribe(tell);
    this.listeners.set(id, () => {
      unsubscribe();
      listener[releaseProxy]?.();
    });
  }

  /** Keeps a SELECT's rows up to date for the tab, until `unlisten` with the same number. */
  async live(id: number, request: LiveRequest, updated: UpdateCallback, failed: FailureCallback): Promise<void> {
    this.unlisten(id);
    const runner = this.opened(this.runner);
    let hasEnded = false;
    this.listeners.set(id, () => {
      hasEnded = true;
    });
    await Promise.all([runner.settled('schema changes'), liveQueryPart.load()]);
    if (hasEnded) return;
    const { keyspace = runner.currentKeyspace } = request;
    this.listeners.set(id, serveLive(this.opened(this.database), { ...request, keyspace }, updated, failed));
  }

  /**
   * What was written behind `request.since`, for the reader of that number, until `unlisten`; waits for it where that is asked for. Null
   * where it was ended meanwhile.
   */
  async changes(id: number, request: ChangesRequest): Promise<ChangesReply | null> {
    let served = this.readers.get(id);
    if (served?.isAt(request) !== true) {
      this.unlisten(id);
      let hasEnded = false;
      const endEarly = () => {
        hasEnded = true;
      };
      this.listeners.set(id, endEarly);
      try {
        await changeFeeds.load();
        if (hasEnded) return null;
        served = new ServedChanges(this.opened(this.database), request);
      } finally {
        if (this.listeners.get(id) === endEarly) this.listeners.delete(id);
      }
      const opened = served;
      this.readers.set(id, opened);
      this.listeners.set(id, () => {
        this.readers.delete(id);
        opened.close();
      });
    }
    return served.next(request);
  }

  /** Ends a `listen`, a `live` or a `changes`. */
  unlisten(id: number): void {
    this.listeners.get(id)?.();
    this.listeners.delete(id);
  }

  /** Streams the zip, or the files, into `write`, a chunk at a time, the next one when the last was taken. */
  async export(
    id: number,
    options: ExportOptions,
    form: ExportForm,
    write: WriteCallback,
    progress: Callback<[ExportProgress]> | null,
  ): Promise<ExportReport> {
    const abort = new AbortController();
    this.exports.set(id, abort);
    const teller = progress === null ? null : new ProgressTeller(progress, 'an export');
    try {
      const [{ FilesTarget }] = await Promise.all([exportPart.load(), this.opened(this.runner).written()]);
      // A tab that is gone takes no chunk and refuses none.
      const until = untilAborted(abort.signal);
      const put = (chunk: Uint8Array | null, file: string | null) =>
        until(write(chunk && transfer(chunk, [chunk.buffer as ArrayBuffer]), file));
      const database = this.opened(this.database);
      const garbage = new GarbageCollection();
      const hooks: ExportPlatform = {
        signal: abort.signal,
        ...(platformSha256 !== undefined && { sha256: platformSha256 }),
        onProgress(now) {
          garbage.told(now.bytesDone);
          teller?.tell(now);
        },
      };
      const report =
        form === 'zip'
          ? await database.export(options, { write: (chunk) => put(chunk, null) }, hooks)
          : await database.exportTo(options, new FilesTarget(put), hooks);
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

  /** The exports that were made of the store. */
  async listExports(): Promise<readonly ExportInfo[]> {
    return this.opened(this.database).exports();
  }

  /** Says that the cluster has an export. */
  async confirmExported(id: string, options?: ConfirmOptions): Promise<DropReport> {
    await this.opened(this.runner).written();
    return this.opened(this.database).confirmExported(id, options);
  }

  /** Gives the store another id to count by; its text. */
  async renewCounterId(): Promise<string | null> {
    return (await this.opened(this.database).renewCounterId())?.toString() ?? null;
  }

  /** Ends an export, an import, a compaction or a call of a statement that is under way; it rejects with AbortedError. */
  cancelExport(id: number): void {
    this.exports.get(id)?.abort();
    this.runner?.end(id);
  }

  /** Imports what the tab has; a stream of it is asked for by `read`. */
  async import(
    id: number,
    request: ImportRequest,
    read: ChunkCallback | null,
    progress: Callback<[ImportProgress]> | null,
  ): Promise<ImportReport> {
    const abort = new AbortController();
    this.exports.set(id, abort);
    try {
      const runner = this.opened(this.runner);
      await runner.settled('schema changes');
      return await serveImport(this.opened(this.database), request, read, progress, abort.signal);
    } finally {
      this.exports.delete(id);
    }
  }

  /** Ends this worker here and now, without closing anything: for a tab that asks for a crash of the one that has the store. */
  crash(): void {
    this.store.crash();
  }

  /** Wraps the key of a store that nobody has open for another owner; in a worker without a store. */
  async rewrapKey(request: RewrapRequest): Promise<void> {
    await rewrap(request);
  }

  /** Copies a store; neither may be open. */
  async copyStore(request: CopyRequest): Promise<void> {
    await copy(request);
  }

  /** Closes the store when the calls that came before have settled; of another tab, what that tab had going on. */
  async close(): Promise<void> {
    if (this.isOwners) return this.store.close();
    await this.settled();
    this.leave();
    // Once the answer is on its way.
    setTimeout(this.onLeft, 0);
  }

  private opened<T>(part: T | null): T {
    if (part === null) throw new ClosedError('The store');
    return part;
  }
}

// Pages that are not served securely have none, nor files: their stores are in memory.
const platformSha256 =
  globalThis.crypto?.subtle === undefined
    ? undefined
    : async (bytes: Uint8Array<ArrayBuffer>) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
