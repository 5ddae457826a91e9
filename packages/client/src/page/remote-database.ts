import { CassetteError } from '@cassette/bytes';
import {
  type Change,
  type ChangesOptions,
  ClosedError,
  type CompactionStats,
  type ConfirmOptions,
  changeFromTransfer,
  checkKnown,
  type DropReport,
  type EngineEvent,
  type ExecuteOptions,
  type ExportHooks,
  type ExportInfo,
  type ExportOptions,
  type ExportProgress,
  type ExportReport,
  type ImportOptions,
  type ImportProgress,
  type ImportReport,
  type MaintenanceReport,
  type RecoveryReport,
  ResultSet,
  type Row,
  type SubscribeOptions,
  type Subscription,
  type SubscriptionListener,
  type WalRecoveryReport,
  type WriteOptions,
  walRecoveryOf,
} from '@cassette/engine';
import { proxy, type Remote, transfer } from 'comlink';
import { AbortedError, type WorkerDiedError } from '../errors/client-errors.ts';
import { packedParams } from '../live/live-wire.ts';
import { RemoteSubscription } from '../live/remote-subscription.ts';
import type { ChangesReply } from '../live/serve-changes.ts';
import { checkedSubscribeArguments } from '../live/subscribe-arguments.ts';
import { ConnectionLost, type TabRole } from '../tabs/connection.ts';
import type { StoreLink } from '../tabs/store-link.ts';
import type { ArgumentsOf, BatchItem, BoundStatement, ParamsOf, ResultOf, RowOf } from '../typed/typed-statement.ts';
import { CallKind } from '../wire/calls.ts';
import type { ExportForm } from '../wire/export-wire.ts';
import type { OpenReply } from '../wire/protocol.ts';
import type { KeyspaceInfo } from '../wire/schema-info.ts';
import type { ScriptPart } from '../wire/script-part.ts';
import type { StoreStats } from '../wire/store-stats.ts';
import type { WorkerHost } from '../worker/worker-host.ts';
import { CallQueue } from './call-queue.ts';
import {
  checkedBatch,
  checkedCallOptions,
  checkMutations,
  checkParams,
  checkQuery,
  checkRows,
  checkSendable,
  checkText,
  invalidOption,
} from './check-arguments.ts';
import { directorySink, type PageSink, streamSink } from './export-sinks.ts';
import { type ImportInput, sentImport } from './import-source.ts';
import { isWrite, PersistenceRequest, type StorageFacts } from './storage-facts.ts';

/** Who looks on while an export goes into a stream, and how it is written. */
export interface StreamHooks extends ExportHooks {
  /**
   * A chunk is not needed any more when its write has resolved: then it is filled again, and no garbage gathers (of a sink that sends or
   * compresses what it gets). Default false, for a sink may keep its chunks; streams of files are known not to.
   */
  readonly reuseChunks?: boolean;
}

/** Rows of one message of `executeMany`: enough that a message costs nothing beside them, few enough to be no burden. */
const rowsOfMessage = 10_000;

/** A store as a tab sees it: the same calls as the engine's `Database`, answered by the worker that holds it, of this tab or of another. */
export class RemoteDatabase {
  /** The store's name. */
  readonly name: string;
  /** False where the store lies in memory, because the browser has nothing better and the app allowed it. */
  readonly persistent: boolean;
  /** Why it lies in memory; null where it does not. */
  readonly inMemoryReason: string | null;
  /** Settles when the store is done with: null after `close()`, else the error that its calls reject with from then on. */
  readonly closed: Promise<WorkerDiedError | null>;
  /** What opening found and mended. */
  readonly recovery: RecoveryReport;
  private readonly link: StoreLink;
  private readonly queue: CallQueue;
  private readonly persistence: PersistenceRequest;
  /** What an owner has to be told before it is called: what tabs keep going over more than one. */
  private readonly standing = new Map<number, (host: Remote<WorkerHost>) => Promise<unknown>>();
  private readonly subscriptions = new Set<RemoteSubscription>();
  /** Calls under way. */
  private pending = 0;
  /** What calls reject with from now on. */
  private ended: Error | null = null;
  private closing: Promise<void> | null = null;
  /** Called when nothing is under way any more. */
  private idle: () => void = () => undefined;
  private nextId = 1;
  private settleClosed: (error: WorkerDiedError | null) => void = () => undefined;

  /** For `open()`, which is how a tab gets one. */
  constructor(name: string, link: StoreLink, reply: OpenReply, asksPersistence = false) {
    this.name = name;
    this.link = link;
    this.persistent = reply.persistent;
    this.inMemoryReason = reply.reason;
    this.recovery = reply.recovery;
    this.closed = new Promise((resolve) => {
      this.settleClosed = resolve;
    });
    this.queue = new CallQueue(link);
    this.persistence = new PersistenceRequest(asksPersistence && reply.persistent);
    link.onDeath = (error) => {
      this.ended ??= error;
      for (const subscription of [...this.subscriptions]) subscription.fail(error);
      this.settleClosed(error);
    };
    link.onConnect.add((connection) => {
      for (const tell of this.standing.values()) {
        connection
          .run(tell)
          .catch((error: unknown) => console.warn('Cassette: a listener could not be set up again with the next owner', error));
      }
    });
  }

  /** Whether this tab holds the store or another one does; null while it goes from one to the next. */
  get role(): TabRole | null {
    return this.link.role;
  }

  /** Calls back when `role` changes; the function that it returns ends that. */
  onRoleChange(listener: (role: TabRole | null) => void): () => void {
    const { onRoleChange } = this.link;
    onRoleChange.add(listener);
    return () => {
      onRoleChange.delete(listener);
    };
  }

  /** The worker that calls go to; there is one whenever a call is made. */
  private get host(): Remote<WorkerHost> {
    return this.link.current!.host;
  }

  /**
   * Runs one statement. A write is durable when this resolves, unless `durability` says less. A SELECT gives all its rows unless `fetchSize` is set; the Node
   * driver would give pages of 5,000. `for await` over the result gives the rows of all pages. Statements of one turn run side by side: await one that the next one needs. Rejects with
   * CqlSyntaxError, InvalidRequestError and other CqlErrors, and with CassetteError INVALID_OPTION and UNSUPPORTED_VALUE.
   * @param query CQL, with `?` or `:name` markers; a TypedStatement says which parameters it takes and which rows it gives
   * @param rest parameters, an array for `?`, an object for `:name`, none or null for a statement without markers; then options
   */
  execute<S extends string>(query: S, ...rest: ArgumentsOf<S>): Promise<ResultOf<S>> {
    const [params, options] = rest;
    return this.run(query, params, options) as Promise<ResultOf<S>>;
  }

  private run(query: string, params: object | null | undefined, options: ExecuteOptions | undefined): Promise<ResultSet> {
    return this.guard(() => {
      checkQuery(query, 'execute()');
      checkParams(params, 'execute()');
      const answer = this.queue.call(CallKind.EXECUTE, query, params ?? undefined, options);
      if (this.persistence.isWaiting && isWrite(query)) this.asksAfter(answer);
      return options?.fetchSize ? this.followed(answer, query, params, options) : answer;
    });
  }

  /** The first write that goes well is when the browser is asked to keep the data. */
  private asksAfter(write: Promise<unknown>): void {
    // A failure is its caller's.
    write.then(
      () => this.persistence.wrote(),
      () => undefined,
    );
  }

  private async followed(
    answer: Promise<ResultSet>,
    query: string,
    params: object | null | undefined,
    options: ExecuteOptions,
  ): Promise<ResultSet> {
    return (await answer).followedBy((pageState) => this.run(query, params, { ...options, pageState }));
  }

  /**
   * Runs one INSERT, UPDATE or DELETE for many rows of parameters: one message for every 10,000, one flush of the log for about
   * every megabyte, or every 32 KiB while others write. Of two rows about one cell the later one stays. A row that is refused rejects with its number as `data.row`; the first `data.rowsWritten` are then durable.
   */
  executeMany<S extends string>(
    query: S,
    rows: readonly ParamsOf<S>[],
    options: ExecuteOptions & { onProgress?: (rowsDone: number) => void } = {},
  ): Promise<ResultSet> {
    return this.guard(async () => {
      checkQuery(query, 'executeMany()');
      checkRows(rows);
      for (let from = 0; from < rows.length; from += rowsOfMessage) {
        const part = rows.length <= rowsOfMessage ? rows : rows.slice(from, from + rowsOfMessage);
        await this.queue.call(CallKind.EXECUTE_MANY, query, part, options).catch((error: unknown) => {
          throw countedFrom(error, from);
        });
        options?.onProgress?.(Math.min(from + rowsOfMessage, rows.length));
      }
      if (rows.length > 0) this.persistence.wrote();
      return ResultSet.empty();
    });
  }

  /**
   * Runs statements as one batch: all of them or none. Typed statements come with parameters of their types, written beside them or with
   * `bind`. `counter`: they are about counters, all of them.
   */
  batch<const Q extends readonly (string | BoundStatement)[]>(
    queries: Q & { readonly [I in keyof Q]: BatchItem<Q[I]> },
    options?: ExecuteOptions & { logged?: boolean; counter?: boolean },
  ): Promise<ResultSet> {
    return this.guard(() => {
      const answer = this.queue.call(CallKind.BATCH, null, checkedBatch(queries), options);
      this.asksAfter(answer);
      return answer;
    });
  }

  /**
   * Rows of a SELECT, a page at a time, one page read ahead. Rows of several partitions that are sorted (ORDER BY with IN) come in one page,
   * for all have to be seen before the first is known.
   */
  async *stream<S extends string>(query: S, ...rest: ArgumentsOf<S>): AsyncGenerator<RowOf<S>, void, undefined> {
    const [params, given] = rest;
    const options = { ...given, fetchSize: given?.fetchSize ?? 1000, pagesIfPossible: true };
    const ask = (more: ExecuteOptions) => this.run(query, params, { ...options, ...more });
    let page: ResultSet | null = await ask({});
    while (page !== null) {
      // The worker reads the next page while the caller looks at this one.
      const next: Promise<ResultSet> | null = page.pageState === null ? null : ask({ pageState: page.pageState });
      // Who stops early never asks for it; who goes on gets its error below.
      next?.catch(() => undefined);
      yield* page[Symbol.iterator]() as Iterable<Row> as Iterable<RowOf<S>>;
      page = await next;
    }
  }

  /** Writes mutations in their encoded form (see the engine's MutationBuilder) as one write: all of them or none. */
  write(mutations: Uint8Array | readonly Uint8Array[], options?: WriteOptions): Promise<void> {
    return this.ask(() => {
      checkMutations(mutations);
      const answer = this.host.write(mutations, checkedCallOptions(options));
      this.asksAfter(answer);
      return answer;
    }, true);
  }

  /** Writes what is in memory to SSTables. */
  flush(): Promise<void> {
    return this.ask(() => this.host.flush(), true);
  }

  /**
   * Writes what is in memory to SSTables, and makes one of all SSTables of a table (`keyspace.table`, or a name in the current
   * keyspace), or of those of each table; resolves with what was done. Deletions go that gc_grace_seconds let go. Writes and reads go
   * on meanwhile.
   */
  compact(table?: string): Promise<readonly CompactionStats[]> {
    return this.ask(() => {
      if (table !== undefined) checkText(table, 'compact()', 'the name of a table');
      return this.host.compact(table);
    }, true);
  }

  /**
   * Compacts for about so many milliseconds what the tables' policies ask for; what is left goes on with the next call. For apps that
   * open with `config: { compaction: { enabled: false } }` and know when there is time.
   */
  maintenanceStep(budgetMilliseconds: number): Promise<MaintenanceReport> {
    return this.ask(() => this.host.maintenanceStep(budgetMilliseconds), true);
  }

  /** Where the store lies, whether the browser keeps it, and how much room there is and is taken. */
  async storage(): Promise<StorageFacts> {
    const { persistent, inMemoryReason } = this;
    return this.persistence.facts({ persistent, inMemoryReason }, await this.stats());
  }

  /** What of {@link recovery} is about the log, with sums. */
  walRecovery(): WalRecoveryReport {
    return walRecoveryOf(this.recovery);
  }

  /** What the store holds and has done since its owner opened it, and who uses it. Cheap: counted, and nothing is read for it. */
  stats(): Promise<StoreStats> {
    return this.ask(() => this.host.stats() as Promise<StoreStats>, true);
  }

  /** The schema as CQL. */
  describe(keyspace?: string): Promise<string> {
    return this.ask(() => {
      if (keyspace !== undefined) checkText(keyspace, 'describe()', 'the name of a keyspace');
      return this.host.describe(keyspace);
    }, true);
  }

  /** Keyspaces, their tables and types, as plain data. */
  metadata(): Promise<readonly KeyspaceInfo[]> {
    return this.ask(() => this.host.metadata(), true);
  }

  /** The statements of a script and where they stand in it. Rejects with CqlSyntaxError where the text stops being CQL. */
  splitScript(script: string): Promise<readonly ScriptPart[]> {
    return this.ask(() => {
      checkQuery(script, 'splitScript()');
      return this.host.splitScript(script);
    }, true);
  }

  /**
   * Calls back with what the engine does from now on, some 30 ms after it did it, whichever tab holds the store; the function it resolves
   * with ends that. The first event is `recovered`, what opening found, and so it is each time that another tab takes the store over.
   * Rejects with CassetteError INVALID_OPTION for what is no function.
   */
  async listen(listener: (events: readonly EngineEvent[]) => void): Promise<() => Promise<void>> {
    if (typeof listener !== 'function') throw invalidOption('listener', 'a function', listener);
    const id = this.nextId++;
    const tell = (host: Remote<WorkerHost>) =>
      host.listen(
        id,
        proxy(async (events: readonly EngineEvent[]) => listener(events)),
      );
    await this.ask(() => tell(this.host), true);
    this.standing.set(id, tell);
    return () => {
      this.standing.delete(id);
      return this.ask(() => this.host.unlisten(id), true);
    };
  }

  /**
   * Gives the listener, the last argument, the rows of a SELECT, and a patch whenever they are others, whichever tab writes: after writes,
   * when something expires, after changes of the schema. When another tab becomes the owner of the store it goes on by itself. What is
   * wrong with the statement rejects `ready`. Throws InvalidRequestError, CassetteError INVALID_OPTION and UNSUPPORTED_VALUE, ClosedError.
   * @param rest parameters where there are any, then options, then the listener
   */
  subscribe<S extends string>(query: S, listener: SubscriptionListener<RowOf<S>>): Subscription<RowOf<S>>;
  subscribe<S extends string>(
    query: S,
    params: ParamsOf<S> | null | undefined,
    listener: SubscriptionListener<RowOf<S>>,
  ): Subscription<RowOf<S>>;
  subscribe<S extends string>(
    query: S,
    params: ParamsOf<S> | null | undefined,
    options: SubscribeOptions | null | undefined,
    listener: SubscriptionListener<RowOf<S>>,
  ): Subscription<RowOf<S>>;
  subscribe(query: string, ...rest: readonly unknown[]): Subscription<never> {
    if (this.ended !== null) throw this.ended;
    const { params, options, listener } = checkedSubscribeArguments(query, rest);
    const { keyspace, maxRows, onError } = options;
    const more = { ...(keyspace !== undefined && { keyspace }), ...(maxRows !== undefined && { maxRows }) };
    const request = { query, params: packedParams(params), ...more };
    const id = this.nextId++;
    const subscription = new RemoteSubscription(listener, onError, () => {
      this.standing.delete(id);
      this.subscriptions.delete(subscription);
      // Where there is no owner now, the next one is not told to begin.
      if (this.ended === null) this.ask(() => this.host.unlisten(id), true).catch(() => undefined);
    });
    this.subscriptions.add(subscription);
    const tell = (host: Remote<WorkerHost>) => {
      const { updated, failed } = subscription.begin();
      return host.live(id, request, proxy(updated), proxy(failed));
    };
    this.ask(() => tell(this.host), true).then(
      () => {
        if (!subscription.closed) this.standing.set(id, tell);
      },
      (error: unknown) => subscription.fail(error),
    );
    return subscription as unknown as Subscription<never>;
  }

  /**
   * What was written to tables with `cdc = true`, by any tab, in the order of the log, mutation by mutation; at the end of the log it waits
   * for more. Keep a change's `position` with what you made of it and give it as `since` to go on behind it, after restarts too. Throws
   * InvalidRequestError, CassetteError CHANGES_TRUNCATED where the log does not go back that far any more (`config.cdcTotalSpace`),
   * CHANGES_UNKNOWN_POSITION for a position of another store, or of another life of this one (it was
   * removed, copied, put back): begin anew then.
   */
  async *changes(options: ChangesOptions = {}): AsyncGenerator<Change, void, void> {
    checkKnown(options, ['since', 'tables', 'follow', 'signal'], 'changes()');
    const { since, tables, follow = true, signal } = options;
    const id = this.nextId++;
    const end = () => void this.link.current?.host.unlisten(id);
    const hasEnded = () => signal?.aborted === true;
    let position = since ?? undefined;
    signal?.addEventListener('abort', end);
    try {
      while (!hasEnded()) {
        if (this.ended !== null) throw this.ended;
        const request = { ...(position !== undefined && { since: position }), ...(tables !== undefined && { tables }), follow };
        // Not as a call that close() waits for: it may take for ever.
        const ask = (): Promise<ChangesReply | null> => (hasEnded() ? Promise.resolve(null) : this.host.changes(id, request));
        const reply = await this.link.run(ask, true);
        if (reply === null) return;
        for (const change of reply.changes) {
          yield changeFromTransfer(change);
          if (hasEnded()) return;
        }
        const isOver = !follow && reply.changes.length === 0;
        position = reply.position;
        if (isOver) return;
      }
    } catch (error) {
      if (!hasEnded()) throw error;
    } finally {
      signal?.removeEventListener('abort', end);
      if (this.ended === null) end();
    }
  }

  /** The exports that were made of the store and that it remembers, oldest first; what `since` may name. */
  exports(): Promise<readonly ExportInfo[]> {
    return this.ask(() => this.host.listExports(), true);
  }

  /**
   * Says, durably, that the cluster has an export and those it goes on from: deletions that are in them may be purged from now on. With
   * `drop` what it has goes from this store, and reads see its rows no more; what is needed here still stays, and is told. Rejects with
   * CassetteError UNKNOWN_EXPORT, StorageError.
   */
  confirmExported(id: string, options?: ConfirmOptions): Promise<DropReport> {
    return this.ask(() => {
      checkText(id, 'confirmExported()', 'the id of an export');
      checkSendable(options, 'options');
      return this.host.confirmExported(id, options);
    }, true);
  }

  /**
   * Gives the store another id to count by, durably: for one that was restored, or copied otherwise than with `copyStore`, while the store
   * that it comes from goes on counting: of two stores of one id Cassandra forgets what one of them counted. Nothing that was counted is
   * lost. Resolves with the new id as text, null for a store that has not counted: it gets one with its first count. Rejects with
   * StorageError.
   */
  renewCounterId(): Promise<string | null> {
    return this.ask(() => this.host.renewCounterId(), true);
  }

  /**
   * Streams a zip of Cassandra's SSTables into `sink`, a chunk at a time: nothing is gathered in memory. The sink is closed
   * at the end and aborted when the export fails. Rejects with AbortedError when `signal` ends it.
   */
  async export(options: ExportOptions, sink: WritableStream<Uint8Array>, hooks: StreamHooks = {}): Promise<ExportReport> {
    checkSendable(options, 'options');
    checkKnown(hooks, ['onProgress', 'signal', 'reuseChunks'], 'export()');
    if (typeof sink?.getWriter !== 'function') throw invalidOption('The sink of export()', 'a WritableStream', sink);
    return this.exportInto(options, 'zip', streamSink(sink, hooks.reuseChunks === true), hooks);
  }

  /**
   * As `export`, file by file into an empty folder: of the user's (`showDirectoryPicker`), or of OPFS. Of one that fails nothing stays.
   * Rejects with CassetteError DIRECTORY_NOT_EMPTY too.
   */
  async exportTo(options: ExportOptions, directory: FileSystemDirectoryHandle, hooks: ExportHooks = {}): Promise<ExportReport> {
    checkSendable(options, 'options');
    checkKnown(hooks, ['onProgress', 'signal'], 'exportTo()');
    if (typeof directory?.getDirectoryHandle !== 'function') {
      throw invalidOption('The folder of exportTo()', 'a FileSystemDirectoryHandle', directory);
    }
    return this.exportInto(options, 'files', await directorySink(directory), hooks);
  }

  private async exportInto(
    options: ExportOptions,
    form: ExportForm,
    sink: PageSink,
    { onProgress, signal }: ExportHooks,
  ): Promise<ExportReport> {
    const id = this.nextId++;
    // Not as a call of its own: a store that is being closed waits for its exports, and this ends one.
    const cancel = () => void this.link.current?.host.cancelExport(id);
    // What the sink said, as the page knows it: on its way to the worker and back it would lose its class.
    let refused: { error: unknown } | null = null;
    const write = async (chunk: Uint8Array | null, file: string | null) => {
      try {
        const back = await sink.write(chunk, file);
        return back && transfer(back, [back.buffer as ArrayBuffer]);
      } catch (error) {
        refused = { error };
        throw error;
      }
    };
    const tell = onProgress && (async (now: ExportProgress) => onProgress(now));
    try {
      if (signal?.aborted) throw new AbortedError('The export', signal.reason);
      signal?.addEventListener('abort', cancel);
      const report = await this.ask(
        () => this.host.export(id, options, form, proxy(write), tell ? proxy(tell) : null) as Promise<ExportReport>,
      );
      await sink.close();
      return report;
    } catch (error) {
      const cause = refused === null ? error : (refused as { error: unknown }).error;
      await sink
        .abort(cause)
        .catch((second: unknown) => console.warn('Cassette: the sink of a failed export could not be aborted', second));
      throw cause;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  /**
   * Imports Cassandra's SSTables, of a zip or of the files of a folder: verified, all of them or none, merged by timestamp with what is there;
   * keyspaces, types and tables are made as the schema.cql among them says. Resolves with what came. Rejects with ImportError,
   * StorageFullError and CassetteErrors such as SCHEMA_MISMATCH, with AbortedError when `signal` ends it; nothing of it is there then.
   */
  async import(source: ImportInput, { onProgress, signal, ...options }: ImportOptions = {}): Promise<ImportReport> {
    checkSendable(options, 'options');
    const { files, read, cancel } = sentImport(source);
    const id = this.nextId++;
    const abort = () => void this.link.current?.host.cancelExport(id);
    const tell = onProgress && (async (now: ImportProgress) => onProgress(now));
    const chunks = () => (read === null ? null : proxy(read));
    try {
      if (signal?.aborted) throw new AbortedError('The import', signal.reason);
      signal?.addEventListener('abort', abort);
      // Blobs may be sent again, should the owner go; what was read of a stream is gone.
      const call = () => this.host.import(id, { files, options }, chunks(), tell ? proxy(tell) : null) as Promise<ImportReport>;
      const report = await this.ask(call, files !== null);
      this.persistence.wrote();
      return report;
    } catch (error) {
      await cancel(error).catch((second: unknown) => console.warn('Cassette: the stream of a failed import did not end', second));
      throw error;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /**
   * Ends the worker that holds the store in the midst of whatever it does, as a crash would, to see what is there afterwards: nothing is
   * closed, flushed or answered. The worker may be another tab's (`role`). The next owner opens the store by itself and replays its log;
   * calls under way go on with it as far as that is safe, and `listen` tells `recovered`. A store in memory is gone. For tests and for tools.
   */
  crashWorker(): Promise<void> {
    return this.ended === null ? this.link.crash() : Promise.reject(this.ended);
  }

  /**
   * Ends the store's worker. Calls that were made before are carried out first, exports included; everything acknowledged is
   * on disk. Calls after it reject with ClosedError.
   */
  close(): Promise<void> {
    this.closing ??= this.ended === null ? this.end() : Promise.resolve();
    return this.closing;
  }

  private async end(): Promise<void> {
    this.queue.send();
    const closed = new ClosedError(`The store '${this.name}'`);
    this.ended = closed;
    for (const subscription of [...this.subscriptions]) subscription.close();
    try {
      if (this.pending > 0) {
        await new Promise<void>((resolve) => {
          this.idle = resolve;
        });
      }
      // Where nobody holds the store there is nobody to take leave of.
      const { current } = this.link;
      await current
        ?.run((host) => host.close())
        .catch((error: unknown) => {
          if (!(error instanceof ConnectionLost || error instanceof ClosedError)) throw error;
        });
    } finally {
      this.link.end(closed);
      this.settleClosed(null);
    }
  }

  /**
   * A call that does not go through the queue: what is queued goes first. `isRepeatable`: should its owner go, the next one gets
   * it; else it rejects with OwnerLostError.
   */
  private ask<T>(call: () => Promise<T>, isRepeatable = false): Promise<T> {
    return this.guard(() => {
      this.queue.send();
      return this.link.run(call, isRepeatable);
    });
  }

  /** Runs a call, unless the store is done with. */
  private guard<T>(call: () => Promise<T>): Promise<T> {
    return this.ended === null ? this.track(call) : Promise.reject(this.ended);
  }

  /** Runs a call that `close()` waits for. */
  private async track<T>(call: () => Promise<T>): Promise<T> {
    this.pending++;
    try {
      return await call();
    } finally {
      this.pending--;
      if (this.pending === 0) this.idle();
    }
  }
}

/** The worker counts the rows of its message; the caller counts all that he gave. */
function countedFrom(error: unknown, first: number): unknown {
  if (first === 0 || !(error instanceof CassetteError)) return error;
  const { row, rowsWritten } = error.data;
  if (typeof row !== 'number' || typeof rowsWritten !== 'number') return error;
  error.message = error.message.replace(`Row ${row}:`, `Row ${row + first}:`);
  return Object.defineProperty(error, 'data', {
    ...Object.getOwnPropertyDescriptor(error, 'data'),
    value: { ...error.data, row: row + first, rowsWritten: rowsWritten + first },
  });
}
