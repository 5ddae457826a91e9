import { ByteReader, CassetteError } from '@cassette/bytes';
import type { Database, Durability, ExecuteManyOptions, ResultSet, WriteOptions } from '@cassette/engine';
import { OwnerLostError } from '../errors/client-errors.ts';
import { errorToTransfer } from '../errors/error-transfer.ts';
import { type Call, CallKind, type CallMessage, type Outcome, type Retry, type SettledCalls } from '../wire/calls.ts';
import { unpackItems, unpackValue } from '../wire/pack.ts';
import { packedRows } from '../wire/packed-rows.ts';
import { GatheredCalls } from './gathered-calls.ts';

interface Round {
  /** Settled and not yet told. */
  ready: [number, Outcome][];
  /** Not yet settled. */
  open: number;
  /** Wakes whoever waits for `ready` to have something. */
  wake: () => void;
}

/** Options of a tab's calls that say none themselves; `defaultDurability`: absent in the tab whose the store is. */
export interface CallDefaults {
  readonly keyspace: string;
  readonly defaultDurability?: Durability;
}

/** Runs the calls of a message and tells their outcomes, in one answer where they settle together. */
export class CallRunner {
  private readonly database: Database;
  private defaults: CallDefaults;
  /** Whether a USE has changed it. */
  private hasUsed: boolean;
  private readonly rounds = new Map<number, Round>();
  /** Messages whose calls have not all settled; whether a call of each may change the schema. */
  private readonly underWay = new Map<Promise<void>, boolean>();
  private nextRound = 1;
  /** Calls under way that their tab may end, by their numbers. */
  private readonly ends = new Map<number, AbortController>();
  /** Rows that were told their timestamps and have yet to come with them, by the first of these; what ends the waiting for them. */
  private readonly owed = new Map<number, { readonly come: Promise<void>; end(): void }>();
  /** How often rows were told their timestamps. */
  private owings = 0;

  /** `defaults`: options of calls that tell none; `used`: the keyspace that a USE left under another owner. */
  constructor(database: Database, defaults: CallDefaults = { keyspace: database.keyspace }, used?: string) {
    this.database = database;
    this.defaults = used === undefined ? defaults : { ...defaults, keyspace: used };
    this.hasUsed = used !== undefined;
  }

  /** The keyspace of names that tell none. */
  get currentKeyspace(): string {
    return this.defaults.keyspace;
  }

  /** Writes encoded mutations, behind calls that wait for code. Rejects with what `Database.write` rejects with. */
  write(mutations: Uint8Array | readonly Uint8Array[], options?: WriteOptions): Promise<void> {
    return this.database.inOrder(() => this.database.write(mutations, { ...this.defaults, ...options }));
  }

  /**
   * Starts all calls of a message; answers when the first of them have settled. `isAlone`: no writes of others are on their way here that could
   * share a flush with those of the message.
   */
  submit(message: CallMessage, isAlone = false): Promise<SettledCalls> {
    const { calls, bytes } = message;
    const input = new ByteReader(bytes, 'parameters');
    const round: Round = { ready: [], open: calls.length, wake: ignore };
    let finish = ignore;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    this.underWay.set(
      finished,
      calls.some(({ kind }) => kind === CallKind.EXECUTE),
    );
    for (const { first } of calls) if (first?.isReserved) this.owed.get(first.timestamp)?.end();
    const settle = (indexes: readonly number[], outcome: Outcome) => {
      for (const index of indexes) {
        round.ready.push([index, outcome]);
        const { id } = calls[index];
        if (id !== undefined) this.ends.delete(id);
      }
      round.open -= indexes.length;
      round.wake();
      if (round.open > 0) return;
      this.underWay.delete(finished);
      finish();
    };
    const start = (index: number) => {
      const { id } = calls[index];
      if (id !== undefined) this.ends.set(id, new AbortController());
      this.start(calls[index], message, input).then(
        (result) => settle([index], result === null || isNothing(result) ? null : { result: result.toTransfer() }),
        (error) => settle([index], error instanceof Restamp ? this.owe(error.timestamp) : { error: errorToTransfer(error) }),
      );
    };
    const gathered = new GatheredCalls(this.database, message, input, start, settle);
    for (let index = 0; index < calls.length; index++) {
      if (!gathered.take(index, this.defaults)) start(index);
    }
    gathered.write(isAlone);
    const id = this.nextRound++;
    this.rounds.set(id, round);
    return this.rest(id);
  }

  /** Resolves when all calls that came before have settled, or those among them that may change the schema. */
  async settled(which: 'all' | 'schema changes' = 'all'): Promise<void> {
    const waited: Promise<void>[] = [];
    for (const [finished, mayChange] of this.underWay) if (which === 'all' || mayChange) waited.push(finished);
    await Promise.all(waited);
  }

  /** Resolves when all that came before is written: rows too that were told their timestamps and come again with them. */
  async written(): Promise<void> {
    const before = this.owings - this.owed.size;
    await this.settled();
    // They may have come again by now, and be under way.
    if (this.owings === before) return;
    await Promise.all(Array.from(this.owed.values(), ({ come }) => come));
    await this.settled();
  }

  /** The tab is gone: nothing more will come of it. */
  leave(): void {
    for (const { end } of this.owed.values()) end();
    for (const id of this.ends.keys()) this.end(id);
  }

  /** Ends a call that is under way, if it can still be ended. */
  end(id: number): void {
    this.ends.get(id)?.abort();
  }

  private owe(timestamp: number): Outcome {
    let resolve = ignore;
    const come = new Promise<void>((resolved) => {
      resolve = resolved;
    });
    this.owings++;
    this.owed.set(timestamp, {
      come,
      end: () => {
        this.owed.delete(timestamp);
        resolve();
      },
    });
    return { restamp: timestamp };
  }

  /** Waits for more of a message's calls to settle. */
  async rest(id: number): Promise<SettledCalls> {
    const round = this.rounds.get(id);
    if (round === undefined) throw new CassetteError('UNKNOWN_ROUND', `No calls are under way under number ${id}`);
    if (round.ready.length === 0 && round.open > 0) {
      await new Promise<void>((resolve) => {
        round.wake = resolve;
      });
    }
    // What one group commit settles, it settles in one turn: a few rounds of microtasks gather all of it.
    for (let i = 0; i < 8 && round.open > 0; i++) await null;
    const outcomes = round.ready;
    round.ready = [];
    round.wake = ignore;
    if (round.open === 0) this.rounds.delete(id);
    return {
      outcomes,
      rest: round.open === 0 ? null : id,
      clock: this.database.engine.clock.lastTimestamp,
      ...(this.hasUsed && { used: this.defaults.keyspace }),
    };
  }

  private async start(call: Call, message: CallMessage, input: ByteReader): Promise<ResultSet | null> {
    // Parameters are read before anything is awaited: the reader is shared by all calls of the message.
    input.position = call.offset;
    // Null is what JavaScript calls none.
    const isOfMany = call.kind === CallKind.EXECUTE_MANY || call.kind === CallKind.SELECT_MANY;
    const params = isOfMany ? undefined : (unpackValue(input) ?? undefined);
    return this.database.inOrder(() => this.run(call, message, params));
  }

  /** Throws what planning throws. */
  private run(call: Call, { texts, bytes }: CallMessage, params: unknown): Promise<ResultSet | null> {
    const options = { ...this.defaults, ...call.options };
    if (call.id !== undefined) Object.assign(options, { signal: this.ends.get(call.id)?.signal });
    if (call.retry !== undefined) {
      const queries =
        call.kind === CallKind.BATCH ? (params as { query: string }[]).map(({ query }) => query) : [texts[call.text]];
      const natures = queries.map((query) => this.database.natureOf(query, options));
      if (natures.includes('once') || options.counter) throw outcomeUnknown();
      // With the time of the first try: where that one counted, this one changes nothing.
      if (natures.includes('repeatable')) {
        const { timestamp, count = 1 } = call.retry;
        // What is written from now on, by whichever tab, is later: where it were not, it could be acknowledged and not be seen.
        this.database.engine.clock.advanceTo(timestamp + count - 1);
        Object.assign(options, retried(call, call.retry), call.options);
      }
    }
    switch (call.kind) {
      case CallKind.EXECUTE: {
        const query = texts[call.text];
        const isUse = mayBeUse.test(query) && this.database.natureOf(query, options) === 'use';
        // To trace it would be to let others go first.
        if (isUse) Object.assign(options, { tracing: false });
        const result = this.database.execute(query, params as unknown[] | Record<string, unknown> | undefined, options);
        return isUse ? this.afterUse(result) : result;
      }
      case CallKind.EXECUTE_MANY: {
        // Read as they are written: others have their turn in between.
        const types = this.database.prepare(texts[call.text], options).markers.map(({ type }) => type);
        const rows = packedRows(inputAt(bytes, call), types) as Iterable<unknown[]>;
        const stamped = { ...this.stampsOf(call, texts[call.text], options), ...options };
        const done = this.database.executeMany(texts[call.text], rows, stamped);
        return stamped.atOnce === true ? done.catch((error) => restamped(error, stamped)) : done;
      }
      case CallKind.SELECT_MANY:
        return this.database.selectJoined(texts[call.text], rowsOf(bytes, call), options);
      case CallKind.BATCH:
        return this.database.batch(params as { query: string; params?: unknown[] }[], options);
    }
  }

  /**
   * The timestamps of many rows that are written for the first time. They are those that a second try would have, where they are later than
   * all that was given out: were they others, a row that the first try wrote could stay above a later one of the same key that the second
   * wrote. Where they are not, the rows get later ones if all of them go into one record, of which a second try finds all or nothing; if they
   * don't, their tab has to know what they get before anything is written.
   */
  private stampsOf({ first, retry }: Call, query: string, options: ExecuteManyOptions): ExecuteManyOptions {
    if (first === undefined || retry !== undefined || options.timestamp !== undefined) return {};
    if (this.database.natureOf(query, options) !== 'repeatable') return {};
    const { clock } = this.database.engine;
    const { timestamp, count, isReserved } = first;
    if (isReserved || timestamp > clock.lastTimestamp) {
      clock.advanceTo(timestamp + count - 1);
      return { firstTimestamp: timestamp };
    }
    const later = clock.timestamp();
    clock.advanceTo(later + count - 1);
    return { firstTimestamp: later, atOnce: true };
  }

  /** A USE counts for what its tab says from now on, and for no other tab. */
  private async afterUse(result: Promise<ResultSet>): Promise<ResultSet> {
    const before = this.defaults;
    // It has done its work by now; one that is refused leaves things as they were.
    this.defaults = { ...before, keyspace: this.database.keyspace };
    this.hasUsed = true;
    try {
      return await result;
    } catch (error) {
      this.defaults = before;
      throw error;
    }
  }
}

/** Rows of parameters, each unpacked when its turn comes. */
function rowsOf(bytes: Uint8Array, call: Call): Iterable<unknown[]> {
  return unpackItems(inputAt(bytes, call)) as Iterable<unknown[]>;
}

function inputAt(bytes: Uint8Array, { offset }: Call): ByteReader {
  const input = new ByteReader(bytes, 'parameters');
  input.position = offset;
  return input;
}

/** What a call's writes get that it is made again with: of many rows each had a timestamp of its own. */
function retried({ kind }: Call, { timestamp, nowInSeconds }: Retry): Partial<ExecuteManyOptions> {
  return kind === CallKind.EXECUTE_MANY ? { firstTimestamp: timestamp, nowInSeconds } : { timestamp, nowInSeconds };
}

/** Nothing was written: the tab is told the timestamps that are kept for its rows. */
class Restamp extends Error {
  readonly timestamp: number;

  constructor(timestamp: number) {
    super('sent again with timestamps of the owner');
    this.timestamp = timestamp;
  }
}

function restamped(error: unknown, { firstTimestamp }: ExecuteManyOptions): never {
  throw error instanceof CassetteError && error.code === 'NOT_AT_ONCE' ? new Restamp(firstTimestamp!) : error;
}

/** Whether there is nothing to tell but that it was done. */
function isNothing({ columns, trace }: ResultSet): boolean {
  return columns === null && trace === null;
}

/** What a USE begins with: itself, or a comment. */
const mayBeUse = /^\s*(?:use\b|--|\/[/*])/i;

function outcomeUnknown(): OwnerLostError {
  return new OwnerLostError(
    'The tab or worker that held the store is gone. Whether this call was carried out is unknown, and to repeat it could do it twice: look, and call again if need be.',
  );
}

function ignore(): void {
  // Nobody waits.
}
