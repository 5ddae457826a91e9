import { CassetteError } from '@cassette/bytes';
import { InvalidRequestError, pointedAt } from '@cassette/cql';
import type { Durability } from '../config/index.ts';
import { CounterWrites } from '../counters/index.ts';
import { type ModificationPlan, type ModificationTarget, MutationCollector, RowWriter } from '../cql-to-mutation/index.ts';
import { retimed } from '../mutation/index.ts';
import type { Tracer } from '../observe/index.ts';
import type { BatchPlan, Binding, Environment } from '../prepared/index.ts';
import { rareForms } from '../prepared/rare-forms-part.ts';
import { ResultSet } from '../result/index.ts';
import { AbortedError, checkAborted } from '../scheduler/index.ts';
import type { WriteEngine } from '../write-engine/index.ts';
import type { BoundPlan, ConditionalWrite } from './conditional-write.ts';
import { WriteTarget } from './write-target.ts';

export type { BoundPlan } from './conditional-write.ts';

/** Mutations of executeMany that go to the WAL as one record. Bytes. */
const CHUNK_BYTES = 1 << 20;
/** The same while others write: whose write comes meanwhile waits for it. */
const SHARED_CHUNK_BYTES = 1 << 15;
/** Chunks after the last sign of others for which there may still be some. */
const SHARED_CHUNKS = 64;
/** The same of counters, of which each is read first. */
const COUNTER_CHUNK_BYTES = 1 << 14;
/** Rows of executeMany in one record, however small: deletions of one partition again and again take no bytes. */
const CHUNK_ROWS = 50_000;

/** What is the same for all statements of one call. */
export interface WriteContext {
  readonly nowInSeconds: number;
  /** Microseconds, where the caller says them. */
  readonly timestamp: number | bigint | undefined;
  /** Microseconds: of executeMany the timestamp of row 0, and one more for each row after it, where no `timestamp` is said. */
  readonly firstTimestamp?: number | undefined;
  /** Whether all rows of executeMany have to go into one record of the log. */
  readonly atOnce?: boolean | undefined;
  /** When the write resolves, where the caller says it. */
  readonly durability: Durability | undefined;
  /** The same where he does not, in place of the store's. */
  readonly defaultDurability: Durability | undefined;
  /** Writes down what is done; null where nobody asked. */
  readonly tracer: Tracer | null;
  /** Ends it before it is handed to the log. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Executes INSERT, UPDATE, DELETE and BATCH: binds, encodes into one buffer that is used again and again, and hands the buffer to the
 * engine in one go. Nothing is written before everything was bound.
 */
export class ModificationExecutor {
  private readonly engine: WriteEngine;
  private readonly environment: Environment;
  private readonly collector = new MutationCollector();
  private readonly writer = new RowWriter();
  private readonly counters: CounterWrites;
  /** So many more chunks of executeMany are small. */
  private sharedChunks = 0;
  private isBuilding = false;
  /** Conditional writes wait for each other: one reads what the one before wrote. */
  private conditional: Promise<unknown> = Promise.resolve();

  constructor(engine: WriteEngine, environment: Environment) {
    this.engine = engine;
    this.environment = environment;
    this.counters = new CounterWrites(engine, () => environment.nowInMillis());
  }

  /** Resolves when writes so far are made that wait for others of their kind. */
  async drain(): Promise<void> {
    await this.counters.drain();
  }

  /** Runs a task when no counter is being changed, in the order of the calls. */
  betweenCounts(task: () => Promise<void>): Promise<void> {
    return this.counters.between(task);
  }

  /**
   * One statement; `source`: its text, which errors point into. Throws what is wrong with it or its values, before anything is written, and
   * rejects for what fails later.
   */
  execute(plan: ModificationPlan, values: readonly unknown[], context: WriteContext, source?: string): Promise<ResultSet> {
    const binding = { values, environment: this.environment, nowInSeconds: context.nowInSeconds };
    if (plan.parts.conditions !== null) {
      const statements = [{ plan, binding }];
      return this.executeConditional(new rareForms.module.ConditionalWrite(statements, false), statements, context);
    }
    const mutations = this.build(false, context, (target) => plan.execute(binding, target));
    return this.write(plan, mutations, context).then(ResultSet.empty, (error: unknown) => {
      const { where } = plan.parts;
      throw pointedAt(error, source === undefined ? where : { source, position: where.position });
    });
  }

  /**
   * The mutations of one statement that is written together with others, as a view that is valid until the next call; null for one that is to
   * be executed by itself: rows have to be read for it, or it is about counters. Throws what executing it throws before anything is written.
   */
  encode(plan: ModificationPlan, values: readonly unknown[], context: WriteContext): Uint8Array | null {
    if (plan.parts.conditions !== null || plan.requiresRead || plan.table.isCounter) return null;
    const binding = { values, environment: this.environment, nowInSeconds: context.nowInSeconds };
    return this.build(false, context, (target) => plan.execute(binding, target));
  }

  /** Many statements as one write. `attributes`: of the BATCH around them. */
  async executeBatch(
    statements: readonly BoundPlan[],
    context: WriteContext,
    attributes: BatchPlan['attributes'] | null,
    attributesBinding: Binding | null,
  ): Promise<ResultSet> {
    let shared = context;
    if (attributes !== null && attributesBinding !== null && attributes.readTimestamp(attributesBinding)) {
      shared = { ...context, timestamp: (BigInt(attributes.hi) << 32n) | BigInt(attributes.lo >>> 0) };
    }
    if (statements.some(({ plan }) => plan.parts.conditions !== null)) {
      return this.executeConditional(new rareForms.module.ConditionalWrite(statements, true), statements, shared);
    }
    await this.applyAll(statements, shared);
    return ResultSet.empty();
  }

  private async applyAll(statements: readonly BoundPlan[], context: WriteContext, conditional = false): Promise<void> {
    let timestamp = { hi: 0, lo: 0 };
    const mutations = this.build(true, context, (target) => {
      const { writer, collector } = target;
      timestamp = target;
      writer.measures = true;
      writer.dataSize = 0;
      try {
        for (const { plan, binding } of statements) plan.execute(binding, target);
      } finally {
        writer.measures = false;
      }
      if (!conditional) checkBatchSize(collector.partitions.size, writer.dataSize);
    });
    const [first] = statements;
    const made =
      conditional && first !== undefined ? retimed(mutations, first.plan.table, timestamp.hi, timestamp.lo) : mutations;
    await this.write(first?.plan, made, context);
  }

  /** Hands mutations over that are all of counters or none, as those of `plan` are. */
  private write(plan: ModificationPlan | undefined, mutations: Uint8Array, context: WriteContext, rows?: number): Promise<void> {
    const { durability, defaultDurability, tracer } = context;
    tracer?.add({ kind: 'mutation', bytes: mutations.length, ...(rows !== undefined && { rows }) });
    const to = plan?.table.isCounter === true ? this.counters : this.engine;
    return to.apply(mutations, durability, tracer, defaultDurability);
  }

  /**
   * One statement with many rows of values: a record of the WAL for each chunk. Each row has a timestamp of its own, so that of two
   * rows about one cell the later one stays, as if they were executed one by one.
   */
  async executeMany(
    plan: ModificationPlan,
    rows: Iterable<readonly unknown[]>,
    context: WriteContext,
    onChunk: (rows: number) => void,
  ): Promise<number> {
    if (plan.parts.conditions !== null || plan.requiresRead) {
      throw new InvalidRequestError(
        'executeMany takes statements that need no read: no IF, and no list by index or by value',
        plan.parts.where,
      );
    }
    const { firstTimestamp } = context;
    const hasOwnTimestamps = context.timestamp === undefined;
    // Said by each row before it is used: the clock gives none that no row gets.
    const shared = hasOwnTimestamps ? { ...context, timestamp: 0 } : context;
    const iterator = rows[Symbol.iterator]();
    let written = 0;
    for (let done = false; !done; ) {
      if (context.signal?.aborted === true) throw new AbortedError('The call', context.signal.reason, { rowsWritten: written });
      let count = written;
      const chunkBytes = plan.table.isCounter ? COUNTER_CHUNK_BYTES : this.sharedChunks > 0 ? SHARED_CHUNK_BYTES : CHUNK_BYTES;
      const mutations = this.build(false, shared, (target) => {
        while (target.collector.size < chunkBytes && count - written < CHUNK_ROWS) {
          try {
            const next = iterator.next();
            if (next.done) {
              done = true;
              break;
            }
            const binding = { values: next.value, environment: this.environment, nowInSeconds: context.nowInSeconds };
            if (hasOwnTimestamps) {
              const timestamp = firstTimestamp === undefined ? this.environment.timestamp() : firstTimestamp + count;
              target.hi = Math.floor(timestamp / 0x100000000);
              target.lo = timestamp | 0;
            }
            plan.execute(binding, target);
          } catch (error) {
            if (!(error instanceof InvalidRequestError)) throw error;
            throw new InvalidRequestError(`Row ${count}: ${error.reason}`, error.place, {
              ...error.data,
              row: count,
              rowsWritten: written,
            });
          }
          count++;
        }
      });
      if (count === written) break;
      if (context.atOnce === true && (written > 0 || !done)) throw notAtOnce(count);
      const before = this.engine.writesBegun;
      if (this.sharedChunks > 0) this.sharedChunks--;
      await this.write(plan, mutations, context, count - written);
      if (this.engine.writesBegun > before + 1) this.sharedChunks = SHARED_CHUNKS;
      written = count;
      onChunk(written);
    }
    return written;
  }

  /**
   * The mutations that `run` leaves in a target, as a view that is valid until the next call: nothing may be awaited before it is
   * handed on.
   */
  private build(combined: boolean, context: WriteContext, run: (target: ModificationTarget) => void): Uint8Array {
    // The rows of executeMany come from the caller's code, which may execute statements meanwhile: those get buffers of their own.
    const isNested = this.isBuilding;
    const collector = isNested ? new MutationCollector() : this.collector;
    const writer = isNested ? new RowWriter() : this.writer;
    const source = context.tracer?.source(this.engine) ?? this.engine;
    const { timestamp = this.environment.timestamp(), nowInSeconds } = context;
    const target = new WriteTarget(collector, writer, source, timestamp, nowInSeconds);
    this.isBuilding = true;
    try {
      collector.begin(combined);
      run(target);
      return collector.finish();
    } finally {
      this.isBuilding = isNested;
      target.close();
    }
  }

  private executeConditional(
    write: ConditionalWrite,
    statements: readonly BoundPlan[],
    context: WriteContext,
  ): Promise<ResultSet> {
    const { tracer } = context;
    const before = tracer === null ? this.conditional : tracedWait(this.conditional, tracer);
    const run = before.then(async () => {
      checkAborted('The statement', context.signal);
      const refused = write.refusal(tracer?.source(this.engine) ?? this.engine, context.nowInSeconds);
      tracer?.add({ kind: 'condition', applied: refused === null });
      if (refused !== null) return refused;
      await this.applyAll(statements, context, true);
      return write.applied();
    });
    // A failure is its caller's; those behind it go on.
    this.conditional = run.then(
      () => undefined,
      () => undefined,
    );
    return run;
  }
}

/** Waits for conditional writes before this one, and writes down how long. */
async function tracedWait<T>(done: Promise<T>, tracer: Tracer): Promise<T> {
  const began = tracer.now();
  const result = await done;
  tracer.add({ kind: 'waited', reason: 'conditional writes', spent: tracer.since(began) });
  return result;
}

/** The largest batch of several partitions, in bytes. Cassandra: batch_size_fail_threshold. */
const BATCH_BYTES_MAX = 50 * 1024;

/** Refuses what a cluster in its default configuration would refuse. Cassandra: BatchStatement#verifyBatchSize. */
function checkBatchSize(partitions: number, bytes: number): void {
  if (partitions <= 1 || bytes <= BATCH_BYTES_MAX) return;
  throw new InvalidRequestError(
    `Batch too large: ${bytes} bytes in ${partitions} partitions, where a node takes ${BATCH_BYTES_MAX}. Use smaller batches, batches of one partition, or executeMany`,
  );
}

function notAtOnce(count: number): CassetteError {
  return new CassetteError(
    'NOT_AT_ONCE',
    `The rows don't fit into one record of the log, which took ${count} of them: nothing was written. Give fewer rows, or leave out atOnce`,
    { rows: count },
  );
}
