import { InvalidRequestError, printSchema, type Schema, Uuid } from '@cassette/cql';
import type { Change, ChangeFeed, ChangesOptions } from '../changes/index.ts';
import type { CompactionStats, MaintenanceReport } from '../compaction/index.ts';
import { invalidOption } from '../config/check-config.ts';
import { checkKnown } from '../config/known-options.ts';
import {
  type ExportHooks,
  type ExportOptions,
  type ExportReport,
  type ExportSink,
  type ExportStream,
  type ExportTarget,
  exportPart,
  isExportStream,
} from '../export/index.ts';
import type { ImportOptions, ImportReport, ImportSource } from '../import/index.ts';
import type { ConfirmOptions, DropReport, ExportInfo } from '../lineage/index.ts';
import {
  LiveQueries,
  type LiveQueryHandle,
  type LiveQuerySink,
  LiveRowList,
  type SubscribeOptions,
  type Subscription,
  type SubscriptionListener,
} from '../live/index.ts';
import type { Environment, PreparedStatement } from '../prepared/index.ts';
import type { ResultSet, RowStream } from '../result/index.ts';
import type { SelectPlan } from '../select/index.ts';
import {
  ClosedError,
  type EngineEvents,
  type RecoveryReport,
  type WalRecoveryReport,
  type WriteEngine,
} from '../write-engine/index.ts';
import { ChangeReaders, changesOf } from './change-readers.ts';
import {
  checkedBatch,
  checkedMutations,
  checkedOptions,
  checkedRows,
  checkHooks,
  checkQuery,
  checkSignal,
  checkSink,
  checkUnpaged,
  subscribeArguments,
} from './check-arguments.ts';
import { concatBytes } from './concat-bytes.ts';
import type {
  BatchOptions,
  BatchQuery,
  CompactOptions,
  ExecuteManyOptions,
  ExecuteOptions,
  Params,
  SelectManyOptions,
  WriteOptions,
} from './database-options.ts';
import { type DatabaseParts, type DatabaseStats, DEFAULT_KEYSPACE, type EncodedMutation } from './database-parts.ts';
import { ModificationExecutor } from './modification-executor.ts';
import { SchemaExecutor } from './schema-executor.ts';
import { natureOf, type StatementNature } from './statement-nature.ts';
import { StatementRunner } from './statement-runner.ts';
import { tableNamed } from './table-named.ts';
import { Transfers } from './transfers.ts';
import { WriteGroup, type WriteGroupOptions } from './write-group.ts';

/** A store with CQL in front: what Node calls directly, and a page through the worker's proxy. Made by `openDatabase`. */
export class Database {
  /** The engine behind it. */
  readonly engine: WriteEngine;
  private readonly environment: Environment;
  private readonly runner: StatementRunner;
  private readonly modifications: ModificationExecutor;
  private readonly schemaChanges: SchemaExecutor;
  private readonly liveQueries: LiveQueries;
  private readonly changeReaders: ChangeReaders;
  private readonly transfers: Transfers;
  private isClosed = false;

  constructor(parts: DatabaseParts) {
    this.engine = parts.engine;
    this.environment = parts.environment;
    this.modifications = new ModificationExecutor(parts.engine, parts.environment);
    this.schemaChanges = new SchemaExecutor(parts.engine, parts.environment, parts.keyspace);
    const { modifications, schemaChanges } = this;
    const checkOpen = () => this.checkOpen();
    this.runner = new StatementRunner({ ...parts, modifications, schemaChanges, checkOpen }, parts.keyspace);
    this.changeReaders = new ChangeReaders(parts.engine);
    this.transfers = new Transfers({ ...parts, modifications, schemaChanges });
    this.liveQueries = new LiveQueries(parts.engine, parts.scheduler, parts.environment);
  }

  /** The keyspace of names that tell none: the one of `openDatabase`, or of the last USE. */
  get keyspace(): string {
    return this.runner.keyspace;
  }

  /** The schema as it is now. */
  get schema(): Schema {
    return this.engine.schema;
  }

  /** What opening found and did. */
  get recovery(): RecoveryReport {
    return this.engine.recovery;
  }

  /** What of that is about the WAL, with sums. */
  walRecovery(): WalRecoveryReport {
    return this.engine.walRecovery();
  }

  /** What happens in the engine, for those who draw it. */
  get events(): EngineEvents {
    return this.engine.events;
  }

  /**
   * Executes one CQL statement; a write is durable when it resolves, unless its `durability` or the store's says less. Rejects with CqlSyntaxError, InvalidRequestError,
   * ConfigurationError, AlreadyExistsError, and with what the engine rejects writes and reads with.
   */
  execute(query: string, params?: Params | null, options?: ExecuteOptions | null): Promise<ResultSet> {
    // Not async: that is one more promise for each write, and three more turns of the queue of microtasks.
    try {
      checkQuery(query, 'execute');
      return this.runner.execute(query, params, checkedOptions(options));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Begins what needs a statement planned. Where that takes code that is not loaded yet it waits for it, and so does every call that comes
   * after: they are carried out in their order. `work` throws, rather than rejects, what planning throws. Rejects with PartUnavailableError.
   */
  inOrder<T>(work: () => Promise<T>): Promise<T> {
    return this.runner.order.begin(work);
  }

  /** For writes that are made together though they are called for one by one; see {@link WriteGroup}. */
  gather(options: WriteGroupOptions): WriteGroup {
    const { engine, environment, runner, modifications } = this;
    return new WriteGroup({ engine, environment, runner, modifications }, options);
  }

  /**
   * Types of the bind markers of a statement, and its result columns: null for statements that have none. Throws PartNotLoadedError for what
   * needs code that is not loaded: `withParts` and `loadParts` load it.
   */
  prepare(
    query: string,
    options?: ExecuteOptions | null,
  ): Pick<PreparedStatement, 'markers'> & { readonly columns: SelectPlan['columns'] | null } {
    checkQuery(query, 'prepare');
    const { markers, plan } = this.runner.prepared(query, checkedOptions(options));
    return { markers, columns: plan !== null && 'kind' in plan && plan.kind === 'select' ? plan.columns : null };
  }

  /** What it means to execute a statement a second time. Throws what `execute` rejects with before anything is written, and as `prepare`. */
  natureOf(query: string, options?: ExecuteOptions | null): StatementNature {
    checkQuery(query, 'natureOf');
    return natureOf(this.runner.prepared(query, checkedOptions(options)));
  }

  /**
   * Executes one INSERT, UPDATE or DELETE for many rows of values: one plan, one buffer and one flush of the WAL for about every
   * megabyte, or every 32 KiB while others write. Of two rows about one cell the later one stays, as if they were executed one by one. A row that is refused names its number; rows of chunks before it are then written (`data.rowsWritten`).
   */
  async executeMany(query: string, rows: Iterable<Params>, given?: ExecuteManyOptions | null): Promise<ResultSet> {
    checkQuery(query, 'executeMany');
    checkedRows(rows);
    return this.runner.executeMany(query, rows, checkedOptions(given));
  }

  /**
   * Answers one SELECT for many rows of values: as many results, in the order of the rows, for one plan and one call. Each is read as it is at its
   * time, one after the other. Results share their bytes, so that one that is kept keeps those of all. Rejects with what is wrong with the first row that something is wrong with, whose
   * number, counted from 0, is in the message and in `data.row`; and with CassetteError INVALID_OPTION for `fetchSize` and `pageState`.
   */
  async selectMany(query: string, rows: Iterable<Params>, options?: SelectManyOptions | null): Promise<ResultSet[]> {
    return (await this.selectJoined(query, rows, options)).split();
  }

  /** As `selectMany`, with all answers in one result: for whoever carries it on and has `ResultSet.split` take it apart. */
  async selectJoined(query: string, rows: Iterable<Params>, given?: SelectManyOptions | null): Promise<ResultSet> {
    checkQuery(query, 'selectMany');
    checkedRows(rows, 'selectMany');
    const options = checkedOptions<SelectManyOptions>(given);
    checkUnpaged(options);
    return this.runner.selectMany(query, rows, options);
  }

  /** Executes modifications as one write: all of them or none, with one timestamp. */
  async batch(queries: readonly (BatchQuery | string)[], given?: BatchOptions | null): Promise<ResultSet> {
    const options = checkedOptions(given);
    return this.runner.batch(checkedBatch(queries), options);
  }

  /**
   * The rows of a SELECT, read page by page as they are asked for: memory stays bounded whatever the table holds. Rows of several
   * partitions that are sorted come in one page, for all have to be seen before the first is known. With `tracing` it has a `trace` at its
   * end, and before that the one of what was read so far.
   */
  stream(query: string, params?: Params | null, options?: ExecuteOptions | null): RowStream {
    return this.runner.stream(query, params, options);
  }

  /**
   * Gives the listener, the last argument, the rows of a SELECT, and a patch whenever they are others: after writes, when something
   * expires, after changes of the schema. What is wrong with the statement rejects `ready`. Throws InvalidRequestError for what is no
   * listener and no text, CassetteError INVALID_OPTION, ClosedError.
   */
  subscribe(query: string, listener: SubscriptionListener): Subscription;
  subscribe(query: string, params: Params | null | undefined, listener: SubscriptionListener): Subscription;
  subscribe(
    query: string,
    params: Params | null | undefined,
    options: SubscribeOptions | null | undefined,
    listener: SubscriptionListener,
  ): Subscription;
  subscribe(query: string, ...rest: readonly unknown[]): Subscription {
    const { params, options, listener } = subscribeArguments(rest);
    const rows = new LiveRowList(listener, options.onError, () => handle.close());
    const handle = this.live(query, params, options, rows);
    rows.follow(options.signal);
    return rows;
  }

  /**
   * What was written to tables with `cdc = true`, in the order of the log, mutation by mutation, as far as it is durable; at its end it waits
   * for more. It goes on behind the change whose position is given as `since`, after restarts too, as long as the log is kept
   * (`config.cdcTotalSpace`). What counts is the `cdc` that a table had when it was written to. Writes that the log is asked to leave out
   * (Durability.Disabled), imports and TRUNCATE are not in it. Throws
   * InvalidRequestError where no table has changes, for tables that there are not or that have none, and for what is no position,
   * CassetteError CHANGES_TRUNCATED with the oldest position as `data.oldest` where the log does not go back that far,
   * CHANGES_UNKNOWN_POSITION for a position of another store, or of another life of this one (it was
   * removed, copied, put back): begin anew then; StorageError, ClosedError.
   */
  changes(options: ChangesOptions = {}): AsyncGenerator<Change, void, void> {
    return changesOf(() => this.changeFeed(options), options);
  }

  /** As `changes`, batch by batch and with encoded values, for whoever carries them on; to be closed. */
  changeFeed(options: ChangesOptions): ChangeFeed {
    this.checkOpen();
    return this.changeReaders.open(options, this.keyspace);
  }

  /** As `subscribe`, with updates as they travel: encoded, and to be applied by whoever gets them. */
  live(query: string, params: Params | null | undefined, options: SubscribeOptions, sink: LiveQuerySink): LiveQueryHandle {
    checkQuery(query, 'subscribe');
    this.checkOpen();
    const keyspace = options.keyspace ?? this.keyspace;
    return this.liveQueries.add(() => this.runner.prepared(query, { keyspace }), params, sink, options.maxRows);
  }

  /** Writes encoded mutations as one write. Rejects with what `WriteEngine.apply` rejects with. */
  async write(mutations: EncodedMutation | readonly EncodedMutation[], options?: WriteOptions | null): Promise<void> {
    this.checkOpen();
    const list = checkedMutations(mutations);
    const { durability, defaultDurability } = checkedOptions<ExecuteOptions>(options);
    await this.engine.apply(list.length === 1 ? list[0] : concatBytes(list), durability, null, defaultDurability);
  }

  /** Writes what is in memory to SSTables. Calls that come while one is under way share the next flush: many make no crowd of small SSTables. */
  async flush(): Promise<void> {
    this.checkOpen();
    await this.modifications.drain();
    await this.engine.flush();
  }

  /**
   * Writes what is in memory to SSTables, and makes one of all SSTables of a table (`keyspace.table`, or a name in the current
   * keyspace), or of those of each table: rows are merged, and deletions go that gc_grace_seconds let go. Other merge policies than
   * the size-tiered one may leave several. Rejects with InvalidRequestError, StorageError, CorruptionError, CassetteError ABORTED; nothing has
   * changed then, but for tables that were done by then.
   */
  async compact(table?: string, options: CompactOptions = {}): Promise<CompactionStats[]> {
    this.checkOpen();
    checkKnown(options, ['signal'], 'compact');
    checkSignal(options.signal);
    const named = table === undefined ? undefined : tableNamed(this.schema, table, this.keyspace);
    return this.engine.compact(named, options.signal);
  }

  /**
   * Compacts for about so many milliseconds what the tables' merge policies ask for; what is not done then goes on with the next call,
   * or in the background. For apps that turn background compaction off and know when there is time.
   */
  async maintenanceStep(budgetMilliseconds: number): Promise<MaintenanceReport> {
    this.checkOpen();
    return this.engine.maintenanceStep(budgetMilliseconds);
  }

  /** The exports that were made of the store and that it remembers, oldest first; what `since` may name. */
  exports(): ExportInfo[] {
    return this.engine.exports.list();
  }

  /**
   * Says, durably, that the cluster has an export and those it goes on from: deletions that are in them may be purged from now on, after
   * gc_grace_seconds. With `drop` the SSTables that it has go from this store, and reads see their rows no more; those that are needed
   * here still stay, and are told. Rejects with UnknownExportError, StorageError.
   */
  async confirmExported(id: string, options: ConfirmOptions = {}): Promise<DropReport> {
    this.checkOpen();
    checkKnown(options, ['drop'], 'confirmExported');
    const { drop = false } = options;
    // Rows go: what only counts as true is not enough to say so.
    if (typeof drop !== 'boolean') throw invalidOption('drop', 'true or false', drop);
    // What goes is not known before all of it can be read.
    if (drop) await this.engine.openAll(this.engine.exports.find(id).tables);
    await this.modifications.drain();
    return this.engine.exports.confirm(id, this.environment.nowInMillis(), drop);
  }

  /**
   * Gives the store another id to count by, durably: for a store that was restored from a backup or copied file by file, while the one that
   * it comes from goes on counting, or was loaded into the cluster since. Of two stores of one id Cassandra takes what the later one counted
   * and forgets what the other did. Nothing that was counted is lost. Resolves with the new id, null for a store that has not counted and
   * gets its id with its first count. `copyStore` needs none of it. Rejects with StorageError, ClosedError; the id is then the old one.
   */
  async renewCounterId(): Promise<Uuid | null> {
    this.checkOpen();
    let id: Uint8Array | null = null;
    await this.modifications.betweenCounts(async () => {
      id = await this.engine.renewCounterId();
    });
    return id === null ? null : new Uuid(id);
  }

  /**
   * Streams the store as a zip of Cassandra's SSTables into `sink`: everything acknowledged before, while writes go on. A WritableStream is
   * closed at the end, and aborted where the export fails. Rejects with CassetteError ABORTED, StorageError, and what the sink throws.
   */
  async export(options: ExportOptions, sink: ExportSink | ExportStream, hooks?: ExportHooks): Promise<ExportReport> {
    const { intoStream, ZipTarget } = await exportPart.load();
    if (isExportStream(sink)) return intoStream(sink, (stream) => this.export(options, stream, hooks));
    checkSink(sink);
    return this.exportTo(options, new ZipTarget(sink, this.environment.nowInMillis()), hooks);
  }

  /** As `export`, into a target that takes files. */
  async exportTo(options: ExportOptions, target: ExportTarget, hooks?: ExportHooks): Promise<ExportReport> {
    this.checkOpen();
    checkHooks(hooks);
    return this.transfers.export(options, target, hooks);
  }

  /**
   * Imports Cassandra's SSTables, of a zip, a stream of one, or the files of a folder: verified, all of them or none, merged by timestamp
   * with what is there. Keyspaces, types and tables that are not there are made as schema.cql says. Rejects with ImportError,
   * SchemaMismatchError, StorageFullError and other StorageErrors, CassetteError ABORTED; nothing of it is there then.
   */
  async import(source: ImportSource, options: ImportOptions = {}): Promise<ImportReport> {
    this.checkOpen();
    checkHooks(options);
    return this.transfers.import(source, options, this.keyspace);
  }

  /** The schema of a keyspace as CQL that makes it again, or of all keyspaces. Throws InvalidRequestError. */
  describe(keyspace?: string): string {
    const { schema } = this.engine;
    if (keyspace === undefined) return [...schema.keyspaces.values()].map((one) => printSchema(one)).join('\n\n');
    const one = schema.keyspace(keyspace);
    if (one === undefined) throw new InvalidRequestError(`keyspace ${keyspace} does not exist`);
    return printSchema(one);
  }

  /** What the engine holds and has done: looked up and counted, nothing is read for it. */
  stats(): DatabaseStats {
    const { statements } = this.runner;
    return {
      ...this.engine.stats(),
      subscriptions: this.liveQueries.size,
      changeFeeds: this.changeReaders.size,
      statements: { cached: statements.size, planned: statements.misses },
    };
  }

  /** Ends what is under way and gives the store free. Closing twice is fine. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.liveQueries.close();
    this.changeReaders.close();
    await this.transfers.close();
    await this.modifications.drain();
    await this.engine.close();
  }

  /** Executes a script of CREATE …, as one change; see DatabaseOptions.schema. */
  async applySchema(script: string): Promise<void> {
    this.checkOpen();
    this.runner.keyspace = await this.schemaChanges.executeScript(script, this.keyspace);
  }

  /**
   * Does for one more user of an open store what `openDatabase` does with its `keyspace` and `schema`; resolves with the keyspace of
   * that user's names, which he says with each call. The database's own stays as it is.
   */
  async join(keyspace: string = DEFAULT_KEYSPACE, schema?: string): Promise<string> {
    this.checkOpen();
    this.schemaChanges.allow(keyspace);
    return schema === undefined ? keyspace : this.schemaChanges.executeScript(schema, keyspace);
  }

  private checkOpen(): void {
    if (this.isClosed) throw new ClosedError('The database');
  }
}
