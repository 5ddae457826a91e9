import { CassetteError, LazyPart, type Loadable, PartNotLoadedError } from '@cassette/bytes';
import { InvalidRequestError, type Place, StatementError } from '@cassette/cql';
import { checkCounterBatch, type ModificationPlan } from '../cql-to-mutation/index.ts';
import { isSchemaStatement } from '../ddl/index.ts';
import type { Tracer } from '../observe/index.ts';
import {
  type BatchPlan,
  type Binding,
  type Environment,
  type PreparedStatement,
  ShapeCache,
  StatementCache,
} from '../prepared/index.ts';
import { ResultSet, type Row, type RowStream, rowStream } from '../result/index.ts';
import { checkAborted, type Scheduler, untilAborted } from '../scheduler/index.ts';
import { executeSelect, executeSelectMany, type SelectPlan } from '../select/index.ts';
import { tellCorruption, type WriteEngine } from '../write-engine/index.ts';
import { type CheckedOptions, checkedOptions, checkQuery } from './check-arguments.ts';
import type {
  BatchOptions,
  BatchQuery,
  ExecuteManyOptions,
  ExecuteOptions,
  Params,
  SelectManyOptions,
} from './database-options.ts';
import type { BoundPlan, ModificationExecutor, WriteContext } from './modification-executor.ts';
import { OrderedWork } from './ordered-work.ts';
import type { SchemaExecutor } from './schema-executor.ts';
import { asksForNothing, unsupported } from './unsupported.ts';

/** Rows of a page that `stream` reads ahead where nobody says otherwise. */
const STREAM_FETCH_SIZE = 1000;

const describing = new LazyPart('DESCRIBE', () => import('../describe/index.ts'));

// Few ask for traces, and those who do can wait for the code.
const tracing = new LazyPart('traces', () => import('../observe/tracer.ts'));

/** What statements are carried out with. */
export interface StatementRunnerParts {
  readonly engine: WriteEngine;
  readonly environment: Environment;
  readonly scheduler: Scheduler;
  readonly modifications: ModificationExecutor;
  readonly schemaChanges: SchemaExecutor;
  /** Throws ClosedError. */
  checkOpen(): void;
}

/** Plans CQL statements, and has those read, write and change the schema whose work that is. What callers pass was checked before. */
export class StatementRunner {
  /** The keyspace of names that tell none. */
  keyspace: string;
  /** Statements that are planned. */
  readonly statements = new StatementCache();
  /** Plans of statements by what they are without their constants. */
  private readonly shapes = new ShapeCache();
  /** What needs a statement planned begins through it. */
  readonly order = new OrderedWork();
  private readonly parts: StatementRunnerParts;

  constructor(parts: StatementRunnerParts, keyspace: string) {
    this.parts = parts;
    this.keyspace = keyspace;
  }

  /** See `Database.execute`. */
  execute(query: string, params: Params | null | undefined, options: CheckedOptions): Promise<ResultSet> {
    const page =
      options.tracing === true
        ? this.traced(query, (tracer) => this.order.begin(() => this.executePage(query, params, options, tracer)))
        : this.order.begin(() => this.executePage(query, params, options, null));
    return options.fetchSize === undefined ? page : this.followed(page, query, params, options);
  }

  private executePage(
    query: string,
    params: Params | null | undefined,
    options: CheckedOptions,
    tracer: Tracer | null,
  ): Promise<ResultSet> {
    checkAborted('The statement', options.signal);
    const mayHaveShape = tracer === null && (params === undefined || params === null);
    const done = mayHaveShape ? this.executeShape(query, options) : null;
    if (done !== null) return done;
    const { misses } = this.statements;
    const prepared = this.prepared(query, options, tracer);
    if (mayHaveShape && this.statements.misses > misses) {
      this.shapes.learn(prepared, this.parts.engine.schema, options.keyspace ?? this.keyspace);
    }
    return this.run(prepared, prepared.values(params), options, tracer, prepared.source, params ?? null);
  }

  /**
   * Executes a statement with the plan of those that differ from it in constants alone; null where there is none, or it fails before it has
   * written: what is wrong with it is told by its own plan.
   */
  private executeShape(query: string, options: CheckedOptions): Promise<ResultSet> | null {
    this.parts.checkOpen();
    const shape = this.shapes.match(query, this.parts.engine.schema, options.keyspace ?? this.keyspace);
    if (shape === null) return null;
    const { prepared } = shape;
    const { plan } = prepared;
    if (plan !== null && 'kind' in plan) return this.selectShape(query, prepared, shape.takeValues(), options);
    try {
      return this.run(prepared, shape.values, options, null, query);
    } catch (error) {
      if (error instanceof StatementError) return null;
      throw error;
    }
  }

  private async selectShape(
    query: string,
    prepared: PreparedStatement,
    values: readonly unknown[],
    options: CheckedOptions,
  ): Promise<ResultSet> {
    try {
      return await this.run(prepared, values, options, null, query);
    } catch (error) {
      if (!(error instanceof StatementError)) throw error;
      const own = this.prepared(query, options);
      return this.run(own, own.values(null), options, null);
    }
  }

  /** Runs a task, and gives its result with what was done for it. */
  private async traced(query: string, task: (tracer: Tracer) => Promise<ResultSet>): Promise<ResultSet> {
    const { Tracer } = await tracing.load();
    const tracer = new Tracer(() => this.parts.scheduler.now(), query, this.parts.environment.nowInMillis());
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
    const keyspace = options.keyspace ?? this.keyspace;
    const page = await answer;
    return page.followedBy((pageState) => this.execute(query, params, { ...options, keyspace, pageState }));
  }

  /** See `Database.executeMany`. */
  async executeMany(query: string, rows: Iterable<Params>, options: CheckedOptions<ExecuteManyOptions>): Promise<ResultSet> {
    if (options.tracing !== true) return this.order.begin(() => this.executeRows(query, rows, options, null));
    return this.traced(query, (tracer) => this.order.begin(() => this.executeRows(query, rows, options, tracer)));
  }

  private executeRows(
    query: string,
    rows: Iterable<Params>,
    options: CheckedOptions<ExecuteManyOptions>,
    tracer: Tracer | null,
  ): Promise<ResultSet> {
    checkAborted('The call', options.signal);
    const prepared = this.prepared(query, options, tracer);
    const { plan } = prepared;
    if (plan === null || 'kind' in plan) {
      throw new InvalidRequestError('executeMany takes INSERT, UPDATE or DELETE', placeOf(prepared));
    }
    this.checkReadable(plan);
    const total = Array.isArray(rows) ? rows.length : undefined;
    const { onProgress } = options;
    const { firstTimestamp, atOnce } = options;
    const context = { ...this.writeContext(options, tracer), firstTimestamp, atOnce };
    const tell = (written: number) => onProgress?.(written, total);
    return this.parts.modifications.executeMany(plan, valuesOf(prepared, rows), context, tell).then(() => ResultSet.empty());
  }

  /** See `Database.selectJoined`. */
  async selectMany(query: string, rows: Iterable<Params>, options: CheckedOptions<SelectManyOptions>): Promise<ResultSet> {
    if (options.tracing !== true) return this.order.begin(() => this.selectRows(query, rows, options, null));
    return this.traced(query, (tracer) => this.order.begin(() => this.selectRows(query, rows, options, tracer)));
  }

  /** Throws what planning throws. */
  private selectRows(query: string, rows: Iterable<Params>, options: CheckedOptions, tracer: Tracer | null): Promise<ResultSet> {
    checkAborted('The call', options.signal);
    const prepared = this.prepared(query, options, tracer);
    const { plan } = prepared;
    if (plan === null || !('kind' in plan) || plan.kind !== 'select') {
      throw new InvalidRequestError('selectMany takes SELECT', placeOf(prepared));
    }
    const { engine, scheduler } = this.parts;
    const unopened = engine.unopened(plan.table);
    if (unopened !== null) return this.whenOpened(unopened, options, (same) => this.selectRows(query, rows, same, tracer));
    const bindings = bindingsOf(prepared, rows, this.binding([], this.writeContext(options, tracer)));
    const { sliceMilliseconds } = engine.config;
    const began = scheduler.now();
    const source = tracer?.source(engine) ?? engine;
    const reading = { sliceMilliseconds, tracer, signal: options.signal };
    return executeSelectMany(source, scheduler, plan, bindings, reading).then(
      (result) => {
        engine.answered(prepared.source, scheduler.now() - began);
        return result;
      },
      (error: unknown) => {
        tellCorruption(engine.events, error);
        throw error;
      },
    );
  }

  /** See `Database.batch`. */
  async batch(queries: readonly BatchQuery[], options: CheckedOptions<BatchOptions>): Promise<ResultSet> {
    if (options.tracing !== true) return this.order.begin(() => this.executeBatch(queries, options, null));
    const text = queries.map(({ query }) => query).join('; ');
    return this.traced(text, (tracer) => this.order.begin(() => this.executeBatch(queries, options, tracer)));
  }

  private executeBatch(
    queries: readonly BatchQuery[],
    options: CheckedOptions<BatchOptions>,
    tracer: Tracer | null,
  ): Promise<ResultSet> {
    checkAborted('The batch', options.signal);
    const context = this.writeContext(options, tracer);
    const statements: BoundPlan[] = queries.map(({ query, params }) => {
      const prepared = this.prepared(query, options, tracer);
      if (prepared.plan === null || 'kind' in prepared.plan) {
        throw new InvalidRequestError('A batch takes INSERT, UPDATE and DELETE only', placeOf(prepared));
      }
      this.checkReadable(prepared.plan);
      return { plan: prepared.plan, binding: this.binding(prepared.values(params), context) };
    });
    const type = options.counter === true ? 'counter' : options.logged === false ? 'unlogged' : 'logged';
    checkCounterBatch(
      type,
      Array.from(statements, ({ plan }) => plan),
      null,
    );
    return this.parts.modifications.executeBatch(statements, context, null, null);
  }

  /** See `Database.stream`. */
  stream(query: string, params: Params | null | undefined, given: ExecuteOptions | null | undefined): RowStream {
    return rowStream((tell) => this.pagesOf(query, params, given, tell));
  }

  private async *pagesOf(
    query: string,
    params: Params | null | undefined,
    given: ExecuteOptions | null | undefined,
    tell: (page: ResultSet) => void,
  ): AsyncGenerator<Row, void, void> {
    checkQuery(query, 'stream');
    const options = checkedOptions(given);
    const paged = { keyspace: this.keyspace, fetchSize: STREAM_FETCH_SIZE, pagesIfPossible: true, ...options };
    // Page by page here as well: rows through two asynchronous iterators would cost twice as much.
    for (let page = await this.execute(query, params, paged); ; ) {
      tell(page);
      for (const row of page) {
        checkAborted('The statement', options.signal);
        yield row;
      }
      if (page.pageState === null) return;
      page = await this.execute(query, params, { ...paged, pageState: page.pageState });
    }
  }

  /** The plan of a statement, made now or found. Throws what planning throws, PartNotLoadedError, ClosedError. */
  prepared(query: string, options: CheckedOptions, tracer: Tracer | null = null): PreparedStatement {
    this.parts.checkOpen();
    const { statements } = this;
    const { misses } = statements;
    const began = tracer === null ? 0 : tracer.now();
    const prepared = statements.get(query, this.parts.engine.schema, options.keyspace ?? this.keyspace);
    tracer?.add({ kind: 'prepared', cached: statements.misses === misses, spent: tracer.since(began) });
    return prepared;
  }

  /** Throws PartNotLoadedError where a write looks at rows of a table that can't be read yet: it waits in its place. */
  private checkReadable({ table, parts, requiresRead }: ModificationPlan): void {
    if (!requiresRead && !table.isCounter && parts.conditions === null) return;
    const unopened = this.parts.engine.unopened(table);
    if (unopened !== null) throw new PartNotLoadedError(unopened);
  }

  /**
   * Reads when what SSTables of the table wait for has come, and plans again what is to be read: the table may be another by then. Nobody else
   * waits for it: what is written meanwhile it may see.
   */
  private whenOpened(
    unopened: Loadable,
    options: CheckedOptions,
    read: (options: CheckedOptions) => Promise<ResultSet>,
  ): Promise<ResultSet> {
    // Whatever a USE says meanwhile.
    const same = { ...options, keyspace: options.keyspace ?? this.keyspace };
    return untilAborted(unopened.load(), options.signal, 'The statement').then(() => this.order.begin(() => read(same)));
  }

  private binding(values: readonly unknown[], { nowInSeconds }: WriteContext) {
    return { values, environment: this.parts.environment, nowInSeconds };
  }

  private writeContext(options: CheckedOptions, tracer: Tracer | null): WriteContext {
    const { nowInSeconds = this.parts.environment.nowInSeconds(), timestamp, durability, defaultDurability, signal } = options;
    return { nowInSeconds, timestamp, durability, defaultDurability, tracer, signal };
  }

  /** `source`: the statement's text, where the plan was made of another; `params`: what it was given as values. Throws what is found before anything is awaited, and rejects. */
  private run(
    prepared: PreparedStatement,
    values: readonly unknown[],
    options: CheckedOptions,
    tracer: Tracer | null,
    source: string = prepared.source,
    params: Params | null = null,
  ): Promise<ResultSet> {
    const { plan } = prepared;
    if (plan === null) return this.runTimed(prepared, options, tracer);
    const context = this.writeContext(options, tracer);
    if (!('kind' in plan)) {
      this.checkReadable(plan);
      return this.parts.modifications.execute(plan, values, context, source);
    }
    if (plan.kind === 'batch') return this.runBatch(plan, values, context);
    const unopened = this.parts.engine.unopened(plan.table);
    if (unopened !== null) return this.whenOpened(unopened, options, (same) => this.executePage(source, params, same, tracer));
    return this.runSelect(plan, source, this.binding(values, context), options, tracer);
  }

  private async runSelect(
    plan: SelectPlan,
    source: string,
    binding: Binding,
    options: CheckedOptions,
    tracer: Tracer | null,
  ): Promise<ResultSet> {
    const began = this.parts.scheduler.now();
    const answer = executeSelect(tracer?.source(this.parts.engine) ?? this.parts.engine, this.parts.scheduler, plan, binding, {
      ...(options.fetchSize !== undefined && { fetchSize: options.fetchSize }),
      ...(options.pagesIfPossible === true && { pagesIfPossible: true }),
      pageState: options.pageState ?? null,
      sliceMilliseconds: this.parts.engine.config.sliceMilliseconds,
      tracer,
      signal: options.signal,
    });
    try {
      const result = await answer;
      this.parts.engine.answered(source, this.parts.scheduler.now() - began);
      return result;
    } catch (error) {
      tellCorruption(this.parts.engine.events, error);
      throw error;
    }
  }

  private runBatch(plan: BatchPlan, values: readonly unknown[], context: WriteContext): Promise<ResultSet> {
    for (const child of plan.statements) this.checkReadable(child);
    const binding = this.binding(values, context);
    const statements = plan.statements.map((child) => ({ plan: child, binding }));
    return this.parts.modifications.executeBatch(statements, context, plan.attributes, binding);
  }

  private async runTimed(prepared: PreparedStatement, options: CheckedOptions, tracer: Tracer | null): Promise<ResultSet> {
    const began = tracer === null ? 0 : tracer.now();
    const result = await this.runOther(prepared, options);
    tracer?.add({ kind: 'executed', statement: prepared.statement.kind, spent: tracer.since(began) });
    return result;
  }

  private async runOther({ source, statement }: PreparedStatement, options: CheckedOptions): Promise<ResultSet> {
    const keyspace = options.keyspace ?? this.keyspace;
    if (isSchemaStatement(statement)) {
      await this.parts.schemaChanges.execute(source, statement, keyspace);
      return ResultSet.empty();
    }
    switch (statement.kind) {
      case 'use':
        this.keyspace = this.parts.schemaChanges.checkKeyspace(this.parts.engine.schema, statement.keyspace, source);
        return ResultSet.empty();
      case 'truncate':
        await this.parts.modifications.betweenCounts(() => this.parts.schemaChanges.truncate(source, statement, keyspace));
        return ResultSet.empty();
      case 'describe': {
        const { schema } = this.parts.engine;
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

function* bindingsOf(prepared: PreparedStatement, rows: Iterable<Params>, binding: Binding): Generator<Binding> {
  for (const row of rows) yield { ...binding, values: prepared.values(row) };
}

function* valuesOf(prepared: PreparedStatement, rows: Iterable<Params>): Generator<readonly unknown[]> {
  for (const row of rows) yield prepared.values(row);
}
