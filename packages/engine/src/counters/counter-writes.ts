import { ByteWriter } from '@cassette/bytes';
import { InvalidRequestError } from '@cassette/cql';
import { type Durability, stricter } from '../config/durability.ts';
import type { Tracer } from '../observe/index.ts';
import type { WriteEngine } from '../write-engine/index.ts';
import { IncrementResolver, type OwnShards } from './resolve-increments.ts';

/** Bytes of mutations from which on a round takes no more writes; one that is larger than that goes alone. */
const ROUND_BYTES = 256 << 10;

/** Somebody who waits for his turn. */
interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A write that waits for its round. */
interface Write extends Waiting {
  readonly mutations: Uint8Array;
  readonly durability: Durability | undefined;
  /** The same where that is absent, for tables of keyspaces with durable writes; absent: the store's. */
  readonly defaultDurability: Durability | undefined;
  /** Writes down what is done for it; null where nobody asked. */
  readonly tracer: Tracer | null;
  /** When it came, by the tracer's clock. */
  readonly came: number;
}

/** What runs between two rounds. */
interface Task extends Waiting {
  readonly task: () => Promise<void>;
}

/** What goes to the log together. */
interface Round {
  readonly writes: readonly Write[];
  /** A view that is valid until the next round. */
  readonly mutations: Uint8Array;
}

/**
 * Writes to tables of counters, in rounds: what came while the round before was on its way to the log is one write of it. In a round
 * each increment stands on those before it, and it is written as a whole, so that none is lost and none counts whose writer was
 * refused. Cassandra: CounterMutation#applyCounterMutation, where locks keep increments of one counter apart.
 */
export class CounterWrites {
  private readonly engine: WriteEngine;
  private readonly resolver: IncrementResolver;
  private readonly nowInMillis: () => number;
  /** Of the round, and of the write that is added to it. */
  private readonly out = new ByteWriter(1024);
  private readonly own = new ByteWriter(256);
  private waiting: (Write | Task)[] = [];
  private isRunning = false;
  /** Of the write whose increments are resolved. */
  private tracer: Tracer | null = null;
  /** Settled when the last write is. */
  private last: Promise<unknown> = Promise.resolve();

  /** `nowInMillis` bounds how long a round is put together at a stretch. */
  constructor(engine: WriteEngine, nowInMillis: () => number) {
    this.engine = engine;
    this.nowInMillis = nowInMillis;
    this.resolver = new IncrementResolver({
      table: (id) => engine.schema.tableById(id),
      nowInSeconds: () => engine.clock.nowInSeconds(),
      read: (table, command) => engine.read(table, command, this.tracer),
      checkOpen: () => engine.checkOpen(),
    });
  }

  /**
   * Writes encoded mutations of tables of counters, their increments as {@link putIncrement} makes them; all of it or nothing. The bytes
   * are the caller's again at once. A round is as durable as the one of its writers asks for who asks for most. Rejects with what
   * `WriteEngine.apply` and reading reject with.
   */
  apply(
    mutations: Uint8Array,
    durability?: Durability,
    tracer: Tracer | null = null,
    defaultDurability?: Durability,
  ): Promise<void> {
    const came = tracer === null ? 0 : tracer.now();
    return this.add({ mutations: mutations.slice(), durability, defaultDurability, tracer, came });
  }

  /**
   * Runs a task behind the writes so far and before those that come later: what takes rows away without a trace that increments could
   * be told apart by. Rejects with what it rejects with.
   */
  between(task: () => Promise<void>): Promise<void> {
    return this.add({ task });
  }

  private add(what: Omit<Write, keyof Waiting> | Pick<Task, 'task'>): Promise<void> {
    const done = new Promise<void>((resolve, reject) => {
      this.waiting.push({ ...what, resolve, reject });
    });
    // A failure is its writer's.
    this.last = done.catch(() => undefined);
    if (!this.isRunning) void this.run();
    return done;
  }

  /** Resolves when all writes so far were written or refused. */
  async drain(): Promise<void> {
    await this.last;
  }

  /** Rounds until nobody waits; never rejects. */
  private async run(): Promise<void> {
    this.isRunning = true;
    // Writes of the same turn share the first round.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const [first] = this.waiting;
      if ('task' in first) {
        this.waiting.shift();
        await first.task().then(first.resolve, first.reject);
      } else await this.runRound();
    }
    this.isRunning = false;
  }

  private async runRound(): Promise<void> {
    let id: Uint8Array;
    try {
      id = await this.engine.counterId();
    } catch (error) {
      this.waiting.shift()?.reject(error);
      return;
    }
    await this.write(this.nextRound(id, Number.POSITIVE_INFINITY), id);
  }

  /** Takes the writes of a round, at most so many. Those that can't be resolved are refused. */
  private nextRound(id: Uint8Array, most: number): Round {
    const { waiting, engine, out, own } = this;
    out.clear();
    const writes: Write[] = [];
    const shards: OwnShards = new Map();
    const now = engine.clock.timestamp();
    const end = this.nowInMillis() + engine.config.sliceMilliseconds;
    let taken = 0;
    for (let deletes = false; taken < waiting.length && writes.length < most && !deletes; ) {
      const next = waiting[taken];
      if ('task' in next) break;
      const { length } = next.mutations;
      const isFull = out.length + length > Math.min(ROUND_BYTES, engine.config.mutationSizeMax) || this.nowInMillis() > end;
      if (writes.length > 0 && isFull) break;
      taken++;
      const { tracer, came } = next;
      tracer?.add({ kind: 'waited', reason: 'counters', spent: tracer.since(came) });
      this.tracer = tracer;
      try {
        const after: OwnShards = new Map();
        own.clear();
        // What a deletion leaves can be read after it was written: the next round begins behind it.
        deletes = this.resolver.resolve(next.mutations, id, now, shards, after, own);
        for (const [name, shard] of after) shards.set(name, shard);
        out.bytes(own.written());
        writes.push(next);
      } catch (error) {
        next.reject(error);
      }
      this.tracer = null;
    }
    this.waiting = waiting.slice(taken);
    return { writes, mutations: out.written() };
  }

  private async write({ writes, mutations }: Round, id: Uint8Array): Promise<void> {
    if (writes.length === 0) return;
    try {
      const [tracer = null, ...others] = writes.flatMap((one) => one.tracer ?? []);
      const told = tracer?.length ?? 0;
      const { durability, unlessSaid } = this.durabilityOf(writes);
      await this.engine.apply(mutations, durability, tracer, unlessSaid);
      tracer?.shareWith(others, told);
    } catch (error) {
      if (error instanceof InvalidRequestError && writes.length > 1) await this.writeOneByOne(writes, id);
      else for (const { reject } of writes) reject(error);
      return;
    }
    for (const { resolve } of writes) resolve();
  }

  /** `durability` is absent where no write says it: then it is for the keyspace, and for those who write, or the store, to say. */
  private durabilityOf(writes: readonly Write[]): { durability?: Durability; unlessSaid: Durability } {
    const { durability: ofStore } = this.engine.config;
    const strictest = writes.map((one) => one.durability ?? one.defaultDurability ?? ofStore).reduce(stricter);
    const isSaid = writes.some(({ durability }) => durability !== undefined);
    return { unlessSaid: strictest, ...(isSaid && { durability: strictest }) };
  }

  /** One of the writes is refused, as of a table that was changed meanwhile, and the others need not be. */
  private async writeOneByOne(writes: readonly Write[], id: Uint8Array): Promise<void> {
    this.waiting = [...writes, ...this.waiting];
    for (let left = writes.length; left > 0; left--) await this.write(this.nextRound(id, 1), id);
  }
}
