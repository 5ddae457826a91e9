import { CassetteError, LazyPart, PartNotLoadedError } from '@cassette/bytes';
import { InvalidRequestError, type Place, printSchema, type Schema, type TableMetadata, Uuid } from '@cassette/cql';
import { type Change, type ChangeFeed, type ChangesOptions, changeFromTransfer } from '../changes/index.ts';
import type { CompactionStats, MaintenanceReport } from '../compaction/index.ts';
import { checkKnown } from '../config/known-options.ts';
import { checkCounterBatch } from '../cql-to-mutation/index.ts';
import { isSchemaStatement } from '../ddl/index.ts';
import {
  type ExportHooks,
  type ExportOptions,
  type ExportReport,
  type ExportSink,
  type ExportStream,
  type ExportTarget,
  intoStream,
  isExportStream,
  runExport,
  ZipTarget,
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
import type { Tracer } from '../observe/index.ts';
import { type BatchPlan, type Environment, type PreparedStatement, StatementCache } from '../prepared/index.ts';
import { ResultSet, type Row } from '../result/index.ts';
import { type Scheduler, untilAborted } from '../scheduler/index.ts';
import { executeSelect, type SelectPlan } from '../select/index.ts';
import {
  ClosedError,
  type EngineEvents,
  type EngineStats,
  type RecoveryReport,
  tellCorruption,
  type WalRecoveryReport,
  type WriteEngine,
} from '../write-engine/index.ts';
import {
  type CheckedOptions,
  checkedBatch,
  checkedMutations,
  checkedOptions,
  checkedRows,
  checkQuery,
  checkSink,
  subscribeArguments,
} from './check-arguments.ts';
import { concatBytes } from './concat-bytes.ts';
import type { BatchOptions, BatchQuery, ExecuteManyOptions, ExecuteOptions, Params, WriteOptions } from './database-options.ts';
import { Imports } from './imports.ts';
import { type BoundPlan, ModificationExecutor, type WriteContext } from './modification-executor.ts';
import { SchemaExecutor } from './schema-executor.ts';
import { natureOf, type StatementNature } from './statement-nature.ts';
import { tableNamed } from './table-named.ts';
import { ToldTransfers } from './told.ts';
import { asksForNothing, unsupported } from './unsupported.ts';

/** The keyspace of those who name none. */
export const DEFAULT_KEYSPACE = 'cassette';

/** Rows of a page that `stream` reads ahead where nobody says otherwise. */
const STREAM_FETCH_SIZE = 1000;

const describing = new LazyPart('DESCRIBE', () => import('../describe/index.ts'));

// Few ask for traces, and those who do can wait for the code.
const tracing = new LazyPart('traces', () => import('../observe/tracer.ts'));

/** An encoded mutation, as MutationBuilder makes it. */
export type EncodedMutation = Uint8Array;

/** The engine's figures, and those of what stands before it. */
export interface DatabaseStats extends EngineStats {
  /** Live queries that are open. */
  readonly subscriptions: number;
  /** Readers of `changes` that are open. */
  readonly changeFeeds: number;
  /** Statements that are kept planned, and how many had to be parsed and planned since the store was opened. */
  readonly statements: { readonly cached: number; readonly planned: number };
}

/** What a Database is made of; `openDatabase` puts it together. */
export interface DatabaseParts {
  readonly engine: WriteEngine;
  readonly environment: Environment;
  readonly scheduler: Scheduler;
  readonly keyspace: string;
}

/** A store with CQL in front: what Node calls directly, and a page through the worker's proxy. Made by `openDatabase`. */
export class Database {
  /** The engine behind it. */
  readonly engine: WriteEngine;
  private readonly environment: Environment;
  private readonly scheduler: Scheduler;
  private readonly statements = new StatementCache();
  private readonly modifications: ModificationExecutor;
  private readonly schemaChanges: SchemaExecutor;
  private readonly imports: Imports;
  private readonly liveQueries: LiveQueries;
  private readonly feeds = new Set<ChangeFeed>();
  private readonly transfers: ToldTransfers;
  private currentKeyspace: string;
  /** The code that a call waits for, and all calls behind it; what it ends with is the error of the one that needs it. */
  private loading: Promise<unknown> | null = null;
  private isClosed = false;

  constructor(parts: DatabaseParts) {
    this.engine = parts.engine;
    this.environment = parts.environment;
    this.scheduler = parts.scheduler;
    this.currentKeyspace = parts.keyspace;
    this.modifications = new ModificationExecutor(parts.engine, parts.environment);
    this.schemaChanges = new SchemaExecutor(parts.engine, parts.environment, parts.keyspace);
    const betweenCounts = (task: () => Promise<void>) => this.modifications.betweenCounts(task);
    this.imports = new Imports({ ...parts, schemaChanges: this.schemaChanges, betweenCounts });
    this.transfers = new ToldTransfers(parts.engine.events, parts.scheduler);
    this.liveQueries = new LiveQueries(parts.engine, parts.scheduler, parts.environment);
  }

  /** The keyspace of names that tell none: the one of `openDatabase`, or of the last USE. */
  get keyspace(): string {
    return this.currentKeyspace;
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
  async execute(query: string, params?: Params | null, options?: ExecuteOptions | null): Promise<ResultSet> {
    checkQuery(query, 'execute');
    return this.executeChecked(query, params, checkedOptions(options));
  }

  /**
   * Begins what needs a statement planned. Where that takes code that is not loaded yet it waits for it, and so does every call that comes
   * after: they are carried out in their order. `work` throws, rather than rejects, what planning throws. Rejects with PartUnavailableError.
   */
  inOrder<T>(work: () => Promise<T>): Promise<T> {
    if (this.loading !== null) return this.whenLoaded(work, null);
    try {
      return work();
    } catch (error) {
      return error instanceof PartNotLoadedError ? this.whenLoaded(work, error.part) : Promise.reject(error);
    }
  }

  private async whenLoaded<T>(work: () => Promise<T>, first: LazyPart<unknown> | null): Promise<T> {
    let part = first;
    while (true) {
      if (part === null) {
        while (this.loading !== null) await this.loading;
      } else {
        // Those behind are woken after this one, which is the first that waits.
        this.loading = part.load().then(
          () => null,
          (error: unknown) => ({ error }),
        );
        const failure = (await this.loading) as { readonly error: unknown } | null;
        this.loading = null;
        if (failure !== null) throw failure.error;
      }
      try {
        return work();
      } catch (error) {
        if (!(error instanceof PartNotLoadedError)) throw error;
        part = error.part;
      }
    }
  }

  private executeChecked(query: string, params: Params | null | undefined, options: CheckedOptions): Promise<ResultSet> {
    const page =
      options.tracing === true
        ? this.traced(query, (tracer) => this.inOrder(() => this.executePage(query, params, options, tracer)))
        : this.inOrder(() => this.executePage(query, params, options, null));
    return options.fetchSize === undefined ? page : this.followed(page, query, params, options);
  }

  private executePage(
    query: string,
    params: Params | null | undefined,
    options: CheckedOptions,
    tracer: Tracer | null,
  ): Promise<ResultSet> {
    const prepared = this.prepared(query, options, tracer);
    return this.run(prepared, prepared.values(params), options, tracer);
  }

  /** Runs a task, and gives its result with what was done for it. */
  private async traced(query: string, task: (tracer: Tracer) => Promise<ResultSet>): Promise<ResultSet> {
    const { Tracer } = await tracing.load();
    const tracer = new Tracer(() => this.scheduler.now(), query, this.environment.nowInMillis());
    try {
      return (await task(tracer)).tracedBy(tracer.finish());
    } catch (error) {
      // Who asks for a trace wants it most where something fails; there is no result to carry it.
      if (error instanceof CassetteError) Object.assign(error.data, { trace: tracer.finish() });
      throw error;
    }
  }

  private async followed(
    answer: Promise<ResultSet>,
    query: string,
    params: Params | null | undefined,
    options: CheckedOptions,
  ): Promise<ResultSet> {
    // The pages that follow are of the same keyspace, whatever a USE says meanwhile.
    const keyspace = options.keyspace ?? this.currentKeyspace;
    const page = await answer;
    return page.followedBy((pageState) => this.executeChecked(query, params, { ...options, keyspace, pageState }));
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
    const { markers, plan } = this.prepared(query, checkedOptions(options));
    return { markers, columns: plan !== null && 'kind' in plan && plan.kind === 'select' ? plan.columns : null };
  }

  /** What it means to execute a statement a second time. Throws what `execute` rejects with before anything is written, and as `prepare`. */
  natureOf(query: string, options?: ExecuteOptions | null): StatementNature {
    checkQuery(query, 'natureOf');
    return natureOf(this.prepared(query, checkedOptions(options)));
  }

  /**
   * Executes one INSERT, UPDATE or DELETE for many rows of values: one plan, one buffer and one flush of the WAL for about every
   * megabyte, or every 32 KiB while others write. Of two rows about one cell the later one stays, as if they were executed one by one. A row that is refused names its number; rows of chunks before it are then written (`data.rowsWritten`).
   */
  async executeMany(query: string, rows: Iterable<Params>, given?: ExecuteManyOptions | null): Promise<ResultSet> {
    checkQuery(query, 'executeMany');
    checkedRows(rows);
    const options = checkedOptions(given);
    return this.inOrder(() => this.executeRows(query, rows, options));
  }

  private executeRows(query: string, rows: Iterable<Params>, options: CheckedOptions<ExecuteManyOptions>): Promise<ResultSet> {
    const prepared = this.prepared(query, options);
    const { plan } = prepared;
    if (plan === null || 'kind' in plan) {
      throw new InvalidRequestError('executeMany takes INSERT, UPDATE or DELETE', placeOf(prepared));
    }
    const total = Array.isArray(rows) ? rows.length : undefined;
    const { onProgress } = options;
    const context = { ...this.writeContext(options, null), firstTimestamp: options.firstTimestamp };
    const tell = (written: number) => onProgress?.(written, total);
    return this.modifications.executeMany(plan, valuesOf(prepared, rows), context, tell).then(() => ResultSet.empty());
  }

  /** Executes modifications as one write: all of them or none, with one timestamp. */
  async batch(queries: readonly (BatchQuery | string)[], given?: BatchOptions | null): Promise<ResultSet> {
    const options = checkedOptions(given);
    const checked = checkedBatch(queries);
    if (options.tracing !== true) return this.inOrder(() => this.executeBatch(checked, options, null));
    const text = checked.map(({ query }) => query).join('; ');
    return this.traced(text, (tracer) => this.inOrder(() => this.executeBatch(checked, options, tracer)));
  }

  private executeBatch(
    queries: readonly BatchQuery[],
    options: CheckedOptions<BatchOptions>,
    tracer: Tracer | null,
  ): Promise<ResultSet> {
    const context = this.writeContext(options, tracer);
    const statements: BoundPlan[] = queries.map(({ query, params }) => {
      const prepared = this.prepared(query, options, tracer);
      if (prepared.plan === null || 'kind' in prepared.plan) {
        throw new InvalidRequestError('A batch takes INSERT, UPDATE and DELETE only', placeOf(prepared));
      }
      return { plan: prepared.plan, binding: this.binding(prepared.values(params), context) };
    });
    const type = options.counter === true ? 'counter' : options.logged === false ? 'unlogged' : 'logged';
    checkCounterBatch(
      type,
      Array.from(statements, ({ plan }) => plan),
      null,
    );
    return this.modifications.executeBatch(statements, context, null, null);
  }

  /**
   * The rows of a SELECT, read page by page as they are asked for: memory stays bounded whatever the table holds. Rows of several
   * partitions that are sorted come in one page, for all have to be seen before the first is known.
   */
  async *stream(query: string, params?: Params | null, given?: ExecuteOptions | null): AsyncGenerator<Row, void, void> {
    checkQuery(query, 'stream');
    const options = checkedOptions(given);
    const paged = { keyspace: this.currentKeyspace, fetchSize: STREAM_FETCH_SIZE, pagesIfPossible: true, ...options };
    let page = await this.executeChecked(query, params, paged);
    // Page by page here as well: rows through two asynchronous iterators would cost twice as much.
    yield* page[Symbol.iterator]();
    while (page.pageState !== null) {
      page = await this.executeChecked(query, params, { ...paged, pageState: page.pageState });
      yield* page[Symbol.iterator]();
    }
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
  async *changes(options: ChangesOptions = {}): AsyncGenerator<Change, void, void> {
    const { follow = true, signal } = options;
    const feed = this.changeFeed(options);
    const end = () => feed.close();
    const hasEnded = () => signal?.aborted === true;
    signal?.addEventListener('abort', end);
    try {
      while (!hasEnded()) {
        const found = await feed.next();
        for (const change of found) {
          yield changeFromTransfer(change);
          if (hasEnded()) return;
        }
        if (found.length > 0) continue;
        if (!follow) return;
        await feed.changed();
      }
    } catch (error) {
      if (!hasEnded()) throw error;
    } finally {
      signal?.removeEventListener('abort', end);
      feed.close();
    }
  }

  /** As `changes`, batch by batch and with encoded values, for whoever carries them on; to be closed. */
  changeFeed(options: ChangesOptions): ChangeFeed {
    this.checkOpen();
    checkKnown(options, ['since', 'tables', 'follow', 'signal'], 'changes');
    const { since, tables } = options;
    const names = tables?.map((name) => {
      const table = tableNamed(this.schema, name, this.currentKeyspace);
      if (this.engine.hasChanges(table)) return table.toString();
      throw new InvalidRequestError(`Table ${table} has no changes to be read: ALTER TABLE ${table} WITH cdc = true`);
    });
    const includes = (table: TableMetadata) => names === undefined || names.includes(table.toString());
    const feed = this.engine.changes({ ...(since !== undefined && { since }), includes });
    this.feeds.add(feed);
    feed.onClose = () => this.feeds.delete(feed);
    return feed;
  }

  /** As `subscribe`, with updates as they travel: encoded, and to be applied by whoever gets them. */
  live(query: string, params: Params | null | undefined, options: SubscribeOptions, sink: LiveQuerySink): LiveQueryHandle {
    checkQuery(query, 'subscribe');
    this.checkOpen();
    const keyspace = options.keyspace ?? this.currentKeyspace;
    return this.liveQueries.add(() => this.prepared(query, { keyspace }), params, sink, options.maxRows);
  }

  /** Writes encoded mutations as one write. Rejects with what `WriteEngine.apply` rejects with. */
  async write(mutations: EncodedMutation | readonly EncodedMutation[], options?: WriteOptions | null): Promise<void> {
    this.checkOpen();
    const list = checkedMutations(mutations);
    const { durability, defaultDurability } = checkedOptions<ExecuteOptions>(options);
    await this.engine.apply(list.length === 1 ? list[0] : concatBytes(list), durability, null, defaultDurability);
  }

  /** Writes what is in memory to SSTables. */
  async flush(): Promise<void> {
    this.checkOpen();
    await this.modifications.drain();
    await this.engine.flush();
  }

  /**
   * Writes what is in memory to SSTables, and makes one of all SSTables of a table (`keyspace.table`, or a name in the current
   * keyspace), or of those of each table: rows are merged, and deletions go that gc_grace_seconds let go. Other merge policies than
   * the size-tiered one may leave several. Rejects with InvalidRequestError, StorageError, CorruptionError; nothing has changed then.
   */
  async compact(table?: string): Promise<CompactionStats[]> {
    this.checkOpen();
    return this.engine.compact(table === undefined ? undefined : tableNamed(this.schema, table, this.currentKeyspace));
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
    if (isExportStream(sink)) return intoStream(sink, (stream) => this.export(options, stream, hooks));
    checkSink(sink);
    return this.exportTo(options, new ZipTarget(sink, this.environment.nowInMillis()), hooks);
  }

  /** As `export`, into a target that takes files. */
  async exportTo(options: ExportOptions, target: ExportTarget, hooks?: ExportHooks): Promise<ExportReport> {
    this.checkOpen();
    const { engine, environment, scheduler } = this;
    const run = async () => {
      await untilAborted(this.modifications.drain(), hooks?.signal, 'The export');
      return runExport(engine, environment, scheduler, options ?? {}, target, hooks);
    };
    return this.transfers.told('export', run, ({ bytes, sstables }) => ({ bytes, sstables: sstables.length }));
  }

  /**
   * Imports Cassandra's SSTables, of a zip, a stream of one, or the files of a folder: verified, all of them or none, merged by timestamp
   * with what is there. Keyspaces, types and tables that are not there are made as schema.cql says. Rejects with ImportError,
   * SchemaMismatchError, StorageFullError and other StorageErrors, CassetteError ABORTED; nothing of it is there then.
   */
  async import(source: ImportSource, options: ImportOptions = {}): Promise<ImportReport> {
    this.checkOpen();
    const run = () => this.imports.run(source, options, this.currentKeyspace);
    const sstables = ({ tables }: ImportReport) => tables.reduce((sum, table) => sum + table.sstables, 0);
    return this.transfers.told('import', run, (report) => ({ bytes: report.bytes, sstables: sstables(report) }));
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
    const { statements } = this;
    return {
      ...this.engine.stats(),
      subscriptions: this.liveQueries.size,
      changeFeeds: this.feeds.size,
      statements: { cached: statements.size, planned: statements.misses },
    };
  }

  /** Ends what is under way and gives the store free. Closing twice is fine. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.liveQueries.close();
    for (const feed of this.feeds) feed.close();
    await this.imports.close();
    await this.modifications.drain();
    await this.engine.close();
  }

  /** Executes a script of CREATE …, as one change; see DatabaseOptions.schema. */
  async applySchema(script: string): Promise<void> {
    this.checkOpen();
    this.currentKeyspace = await this.schemaChanges.executeScript(script, this.currentKeyspace);
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

  private prepared(query: string, options: CheckedOptions, tracer: Tracer | null = null): PreparedStatement {
    this.checkOpen();
    const { statements } = this;
    const { misses } = statements;
    const began = tracer === null ? 0 : tracer.now();
    const prepared = statements.get(query, this.engine.schema, options.keyspace ?? this.currentKeyspace);
    tracer?.add({ kind: 'prepared', cached: statements.misses === misses, spent: tracer.since(began) });
    return prepared;
  }

  private binding(values: readonly unknown[], { nowInSeconds }: WriteContext) {
    return { values, environment: this.environment, nowInSeconds };
  }

  private writeContext(options: CheckedOptions, tracer: Tracer | null): WriteContext {
    const { nowInSeconds = this.environment.nowInSeconds(), timestamp, durability, defaultDurability } = options;
    return { nowInSeconds, timestamp, durability, defaultDurability, tracer };
  }

  private async run(
    prepared: PreparedStatement,
    values: readonly unknown[],
    options: CheckedOptions,
    tracer: Tracer | null,
  ): Promise<ResultSet> {
    const { plan } = prepared;
    const context = this.writeContext(options, tracer);
    if (plan === null) {
      const began = tracer === null ? 0 : tracer.now();
      const result = await this.runOther(prepared, options);
      tracer?.add({ kind: 'executed', statement: prepared.statement.kind, spent: tracer.since(began) });
      return result;
    }
    if (!('kind' in plan)) return this.modifications.execute(plan, values, context);
    const binding = this.binding(values, context);
    if (plan.kind === 'batch') return this.runBatch(plan, values, context);
    const began = this.scheduler.now();
    const answer = executeSelect(tracer?.source(this.engine) ?? this.engine, this.scheduler, plan, binding, {
      ...(options.fetchSize !== undefined && { fetchSize: options.fetchSize }),
      ...(options.pagesIfPossible === true && { pagesIfPossible: true }),
      pageState: options.pageState ?? null,
      sliceMilliseconds: this.engine.config.sliceMilliseconds,
      tracer,
    });
    try {
      const result = await answer;
      this.engine.answered(prepared.source, this.scheduler.now() - began);
      return result;
    } catch (error) {
      tellCorruption(this.events, error);
      throw error;
    }
  }

  private runBatch(plan: BatchPlan, values: readonly unknown[], context: WriteContext): Promise<ResultSet> {
    const binding = this.binding(values, context);
    const statements = plan.statements.map((child) => ({ plan: child, binding }));
    return this.modifications.executeBatch(statements, context, plan.attributes, binding);
  }

  private async runOther({ source, statement }: PreparedStatement, options: CheckedOptions): Promise<ResultSet> {
    const keyspace = options.keyspace ?? this.currentKeyspace;
    if (isSchemaStatement(statement)) {
      await this.schemaChanges.execute(source, statement, keyspace);
      return ResultSet.empty();
    }
    switch (statement.kind) {
      case 'use':
        this.currentKeyspace = this.schemaChanges.checkKeyspace(this.engine.schema, statement.keyspace, source);
        return ResultSet.empty();
      case 'truncate':
        await this.modifications.betweenCounts(() => this.schemaChanges.truncate(source, statement, keyspace));
        return ResultSet.empty();
      case 'describe': {
        const { schema } = this.engine;
        const current = schema.keyspace(keyspace) === undefined ? null : keyspace;
        const { describe } = await describing.load();
        return describe(statement, { schema, keyspace: current, source });
      }
      default:
        if (asksForNothing(statement)) return ResultSet.empty();
        throw unsupported(source, statement);
    }
  }
}

/** Where a statement begins. */
function placeOf({ source, statement }: PreparedStatement): Place {
  return { source, position: statement.pos };
}

function* valuesOf(prepared: PreparedStatement, rows: Iterable<Params>): Generator<readonly unknown[]> {
  for (const row of rows) yield prepared.values(row);
}
