import {
  type Change,
  type ChangesOptions,
  ClosedError,
  type CompactionStats,
  type CompactOptions,
  type ConfirmOptions,
  type DropReport,
  type Durability,
  type EngineEvent,
  type ExecuteOptions,
  type ExportHooks,
  type ExportInfo,
  type ExportOptions,
  type ExportReport,
  type ImportOptions,
  type ImportReport,
  type MaintenanceReport,
  type RecoveryReport,
  type ResultSet,
  type RowStream,
  type SelectManyOptions,
  type SubscribeOptions,
  type Subscription,
  type SubscriptionListener,
  type WalRecoveryReport,
  type WriteOptions,
  walRecoveryOf,
} from '@cassette/engine';
import { proxy } from 'comlink';
import type { WorkerDiedError } from '../errors/client-errors.ts';
import { changesOver } from '../live/remote-changes.ts';
import { checkedSubscribeArguments } from '../live/subscribe-arguments.ts';
import { TabSubscriptions } from '../live/tab-subscriptions.ts';
import type { TabRole } from '../tabs/connection.ts';
import type { StoreLink } from '../tabs/store-link.ts';
import type { ArgumentsOf, BatchItem, BoundStatement, ParamsOf, ResultOf, RowOf } from '../typed/typed-statement.ts';
import type { OpenReply } from '../wire/protocol.ts';
import type { KeyspaceInfo } from '../wire/schema-info.ts';
import type { ScriptPart } from '../wire/script-part.ts';
import type { StoreStats } from '../wire/store-stats.ts';
import { checkedCallOptions, checkMutations, checkQuery, checkSendable, checkText, invalidOption } from './check-arguments.ts';
import type { ImportInput } from './import-source.ts';
import { RemoteStatements } from './remote-statements.ts';
import { RemoteTransfers, type StreamHooks } from './remote-transfers.ts';
import { PersistenceRequest, type StorageFacts } from './storage-facts.ts';
import { StoreCalls } from './store-calls.ts';

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
  /** Of this tab's writes that say none, in keyspaces with `durable_writes`: as it was opened with. */
  readonly durability: Durability;
  private readonly link: StoreLink;
  private readonly calls: StoreCalls;
  private readonly statements: RemoteStatements;
  private readonly transfers: RemoteTransfers;
  private readonly persistence: PersistenceRequest;
  private readonly subscriptions: TabSubscriptions;
  private closing: Promise<void> | null = null;
  private settleClosed: (error: WorkerDiedError | null) => void = () => undefined;

  /** For `open()`, which is how a tab gets one. */
  constructor(
    name: string,
    link: StoreLink,
    reply: OpenReply,
    asksPersistence = false,
    durability: Durability = { kind: 'sync-each-write' },
  ) {
    this.name = name;
    this.durability = durability;
    this.link = link;
    this.persistent = reply.persistent;
    this.inMemoryReason = reply.reason;
    this.recovery = reply.recovery;
    this.closed = new Promise((resolve) => {
      this.settleClosed = resolve;
    });
    this.calls = new StoreCalls(link);
    this.persistence = new PersistenceRequest(asksPersistence && reply.persistent);
    this.statements = new RemoteStatements(this.calls, this.persistence);
    this.transfers = new RemoteTransfers(this.calls, this.persistence);
    this.subscriptions = new TabSubscriptions(this.calls);
    link.onDeath = (error) => {
      this.calls.ended ??= error;
      this.subscriptions.fail(error);
      this.settleClosed(error);
    };
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

  /**
   * Runs one statement. A write is durable when this resolves, unless `durability` says less. A SELECT gives all its rows unless `fetchSize` is set; the Node
   * driver would give pages of 5,000. `for await` over the result gives the rows of all pages. Statements of one turn run side by side: await one that the next one needs. Rejects with
   * CqlSyntaxError, InvalidRequestError and other CqlErrors, and with CassetteError INVALID_OPTION and UNSUPPORTED_VALUE.
   * @param query CQL, with `?` or `:name` markers; a TypedStatement says which parameters it takes and which rows it gives
   * @param rest parameters, an array for `?`, an object for `:name`, none or null for a statement without markers; then options
   */
  execute<S extends string>(query: S, ...rest: ArgumentsOf<S>): Promise<ResultOf<S>> {
    const [params, options] = rest;
    return this.statements.run(query, params, options) as Promise<ResultOf<S>>;
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
    return this.statements.executeMany(query, rows, options);
  }

  /**
   * Answers one SELECT for many rows of parameters: as many results, in the order of the rows, in one message for every 10,000, whose results
   * share their bytes. Each is read as the store is at its time, one after the other, and none has pages. Rejects with what is wrong with the first
   * row that something is wrong with, its number, counted from 0, as `data.row`.
   */
  selectMany<S extends string>(
    query: S,
    rows: readonly ParamsOf<S>[],
    options?: SelectManyOptions | null,
  ): Promise<ResultOf<S>[]> {
    return this.statements.selectMany(query, rows, options) as Promise<unknown> as Promise<ResultOf<S>[]>;
  }

  /**
   * Runs statements as one batch: all of them or none. Typed statements come with parameters of their types, written beside them or with
   * `bind`. `counter`: they are about counters, all of them.
   */
  batch<const Q extends readonly (string | BoundStatement)[]>(
    queries: Q & { readonly [I in keyof Q]: BatchItem<Q[I]> },
    options?: ExecuteOptions & { logged?: boolean; counter?: boolean },
  ): Promise<ResultSet> {
    return this.statements.batch(queries, options);
  }

  /**
   * Rows of a SELECT, a page at a time, one page read ahead. Rows of several partitions that are sorted (ORDER BY with IN) come in one page,
   * for all have to be seen before the first is known. With `tracing` it has a `trace` at its end, and before that the one of the pages so far.
   */
  stream<S extends string>(query: S, ...rest: ArgumentsOf<S>): RowStream<RowOf<S>> {
    const [params, options] = rest;
    return this.statements.stream(query, params, options) as RowStream<RowOf<S>>;
  }

  /** Writes mutations in their encoded form (see the engine's MutationBuilder) as one write: all of them or none. */
  write(mutations: Uint8Array | readonly Uint8Array[], options?: WriteOptions): Promise<void> {
    return this.calls.ask((host) => {
      checkMutations(mutations);
      const answer = host.write(mutations, checkedCallOptions(options));
      this.persistence.asksAfter(answer);
      return answer;
    }, true);
  }

  /** Writes what is in memory to SSTables. Calls that come while one is under way share the next flush: many make no crowd of small SSTables. */
  flush(): Promise<void> {
    return this.calls.ask((host) => host.flush(), true);
  }

  /**
   * Writes what is in memory to SSTables, and makes one of all SSTables of a table (`keyspace.table`, or a name in the current
   * keyspace), or of those of each table; resolves with what was done. Deletions go that gc_grace_seconds let go. Writes and reads go
   * on meanwhile. Rejects with AbortedError when `signal` ends it: what was being compacted is as it was.
   */
  compact(table?: string, options: CompactOptions = {}): Promise<readonly CompactionStats[]> {
    return this.transfers.compact(table, options);
  }

  /**
   * Compacts for about so many milliseconds what the tables' policies ask for; what is left goes on with the next call. For apps that
   * open with `config: { compaction: { enabled: false } }` and know when there is time.
   */
  maintenanceStep(budgetMilliseconds: number): Promise<MaintenanceReport> {
    return this.calls.ask((host) => host.maintenanceStep(budgetMilliseconds), true);
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
    return this.calls.ask((host) => host.stats() as Promise<StoreStats>, true);
  }

  /** The schema as CQL. */
  describe(keyspace?: string): Promise<string> {
    return this.calls.ask((host) => {
      if (keyspace !== undefined) checkText(keyspace, 'describe()', 'the name of a keyspace');
      return host.describe(keyspace);
    }, true);
  }

  /** Keyspaces, their tables and types, as plain data. */
  metadata(): Promise<readonly KeyspaceInfo[]> {
    return this.calls.ask((host) => host.metadata(), true);
  }

  /** The statements of a script and where they stand in it. Rejects with CqlSyntaxError where the text stops being CQL. */
  splitScript(script: string): Promise<readonly ScriptPart[]> {
    return this.calls.ask((host) => {
      checkQuery(script, 'splitScript()');
      return host.splitScript(script);
    }, true);
  }

  /**
   * Calls back with what the engine does from now on, some 30 ms after it did it, whichever tab holds the store; the function it resolves
   * with ends that. The first event is `recovered`, what opening found, and so it is each time that another tab takes the store over.
   * Rejects with CassetteError INVALID_OPTION for what is no function.
   */
  async listen(listener: (events: readonly EngineEvent[]) => void): Promise<() => Promise<void>> {
    if (typeof listener !== 'function') throw invalidOption('listener', 'a function', listener);
    return this.subscriptions.listen((host, id) =>
      host.listen(
        id,
        proxy(async (events: readonly EngineEvent[]) => listener(events)),
      ),
    );
  }

  /**
   * Gives the listener, the last argument, the rows of a SELECT, and a patch whenever they are others, whichever tab writes: after writes,
   * when something expires, after changes of the schema. When another tab becomes the owner of the store it goes on by itself. What is
   * wrong with the statement rejects `ready`; so does, with STORE_LOCKED after the patience of a call, a frozen tab that has the store's
   * files, but then it stays and begins as soon as they are free. Throws InvalidRequestError, CassetteError INVALID_OPTION and UNSUPPORTED_VALUE, ClosedError.
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
    if (this.calls.ended !== null) throw this.calls.ended;
    const { params, options, listener } = checkedSubscribeArguments(query, rest);
    return this.subscriptions.subscribe(query, params, options, listener) as unknown as Subscription<never>;
  }

  /**
   * What was written to tables with `cdc = true`, by any tab, in the order of the log, mutation by mutation; at the end of the log it waits
   * for more. Keep a change's `position` with what you made of it and give it as `since` to go on behind it, after restarts too. Throws
   * InvalidRequestError, CassetteError CHANGES_TRUNCATED where the log does not go back that far any more (`config.cdcTotalSpace`),
   * CHANGES_UNKNOWN_POSITION for a position of another store, or of another life of this one (it was
   * removed, copied, put back): begin anew then.
   */
  changes(options: ChangesOptions = {}): AsyncGenerator<Change, void, void> {
    return changesOver(this.calls, options);
  }

  /** The exports that were made of the store and that it remembers, oldest first; what `since` may name. */
  exports(): Promise<readonly ExportInfo[]> {
    return this.calls.ask((host) => host.listExports(), true);
  }

  /**
   * Says, durably, that the cluster has an export and those it goes on from: deletions that are in them may be purged from now on. With
   * `drop` what it has goes from this store, and reads see its rows no more; what is needed here still stays, and is told. Rejects with
   * CassetteError UNKNOWN_EXPORT, StorageError.
   */
  confirmExported(id: string, options?: ConfirmOptions): Promise<DropReport> {
    return this.calls.ask((host) => {
      checkText(id, 'confirmExported()', 'the id of an export');
      checkSendable(options, 'options');
      return host.confirmExported(id, options);
    }, true);
  }

  /**
   * Gives the store another id to count by, durably: for one that was restored, or copied otherwise than with `copyStore`, while the store
   * that it comes from goes on counting: of two stores of one id Cassandra forgets what one of them counted. Nothing that was counted is
   * lost. Resolves with the new id as text, null for a store that has not counted: it gets one with its first count. Rejects with
   * StorageError.
   */
  renewCounterId(): Promise<string | null> {
    return this.calls.ask((host) => host.renewCounterId(), true);
  }

  /**
   * Streams a zip of Cassandra's SSTables into `sink`, a chunk at a time: nothing is gathered in memory. The sink is closed
   * at the end and aborted when the export fails. Rejects with AbortedError when `signal` ends it.
   */
  async export(options: ExportOptions, sink: WritableStream<Uint8Array>, hooks: StreamHooks = {}): Promise<ExportReport> {
    return this.transfers.export(options, sink, hooks);
  }

  /**
   * As `export`, file by file into an empty folder: of the user's (`showDirectoryPicker`), or of OPFS. Of one that fails nothing stays.
   * Rejects with CassetteError DIRECTORY_NOT_EMPTY too.
   */
  async exportTo(options: ExportOptions, directory: FileSystemDirectoryHandle, hooks: ExportHooks = {}): Promise<ExportReport> {
    return this.transfers.exportTo(options, directory, hooks);
  }

  /**
   * Imports Cassandra's SSTables, of a zip or of the files of a folder: verified, all of them or none, merged by timestamp with what is there;
   * keyspaces, types and tables are made as the schema.cql among them says. Resolves with what came. Rejects with ImportError,
   * StorageFullError and CassetteErrors such as SCHEMA_MISMATCH, with AbortedError when `signal` ends it; nothing of it is there then (see AbortedError).
   */
  async import(source: ImportInput, options: ImportOptions = {}): Promise<ImportReport> {
    return this.transfers.import(source, options);
  }

  /**
   * Ends the worker that holds the store in the midst of whatever it does, as a crash would, to see what is there afterwards: nothing is
   * closed, flushed or answered. The worker may be another tab's (`role`). The next owner opens the store by itself and replays its log;
   * calls under way go on with it as far as that is safe, and `listen` tells `recovered`. A store in memory is gone. For tests and for tools.
   */
  crashWorker(): Promise<void> {
    return this.calls.ended === null ? this.link.crash() : Promise.reject(this.calls.ended);
  }

  /**
   * Ends the store's worker. Calls that were made before are carried out first, exports included; everything acknowledged is
   * on disk. Calls after it reject with ClosedError.
   */
  close(): Promise<void> {
    this.closing ??= this.calls.ended === null ? this.end() : Promise.resolve();
    return this.closing;
  }

  private async end(): Promise<void> {
    const { calls } = this;
    calls.queue.send();
    const closed = new ClosedError(`The store '${this.name}'`);
    calls.ended = closed;
    this.subscriptions.close();
    try {
      await calls.close(closed);
    } finally {
      this.settleClosed(null);
    }
  }
}
