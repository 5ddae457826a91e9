import { toHex } from '@cassette/bytes';
import { InvalidRequestError } from '@cassette/cql';
import { Durability } from '../config/index.ts';
import { MutationReader, MutationValidator } from '../mutation/index.ts';
import type { Tracer } from '../observe/tracer.ts';
import type { EngineParts } from './engine-parts.ts';
import type { EngineState } from './engine-state.ts';

/** The way of a write: checked, let in where memory has room for it, logged; the log hands it to {@link applyToMemtables}. */
export class WritePath {
  private readonly parts: EngineParts;
  private readonly validator = new MutationValidator();
  private readonly validating = new MutationReader();
  /** Whether a mutation that was validated last is of a table whose keyspace has durable writes. */
  private isDurableTable = false;

  constructor(parts: EngineParts) {
    this.parts = parts;
  }

  /** See `WriteEngine.apply`. */
  async apply(
    mutations: Uint8Array,
    durability: Durability | undefined,
    tracer: Tracer | null,
    unlessSaid: Durability,
    writes: number,
    isAlone: boolean,
  ): Promise<void> {
    this.parts.checkOpen();
    const { state, wal, gate, sealer } = this.parts;
    const { counters, scheduler, tally, writeActivity } = state;
    const began = scheduler.now();
    try {
      const count = this.validate(mutations);
      if (count === 0) return;
      const mode = durability ?? (this.isDurableTable ? unlessSaid : Durability.Disabled);
      const failure = mode.kind === 'disabled' ? null : wal.takeFailure();
      if (failure !== null) throw failure;
      if (!gate.admits(mutations.length)) {
        // The caller may use his bytes for something else while we wait.
        mutations = mutations.slice();
        await gate.enter(mutations.length);
        this.parts.checkOpen();
        tracer?.add({ kind: 'waited', reason: 'memtable room', spent: tracer.since(began) });
      }
      if (mode.kind === 'sync-each-write' && wal.isInDoubt) {
        // It is durable with everything before it, or not made.
        mutations = mutations.slice();
        await sealer.flushAll();
        this.parts.checkOpen();
      }
      const appended = tracer === null ? 0 : tracer.now();
      // Those who work in the background give way to what is between the two.
      writeActivity.begun++;
      writeActivity.underWay++;
      try {
        await wal.append(mutations, mode, writes, isAlone);
      } finally {
        writeActivity.underWay--;
      }
      const { lastCommit } = wal;
      const spent = lastCommit.at - began;
      for (let n = 0; n < writes; n++) tally.writes.add(spent);
      tracer?.committed(lastCommit, appended);
      counters.writes += writes;
      counters.mutations += count;
      counters.mutationBytes += mutations.length;
    } catch (error) {
      counters.writesFailed += writes;
      throw error;
    }
  }

  private validate(mutations: Uint8Array): number {
    const { validating, validator } = this;
    const { state } = this.parts;
    if (mutations.length > state.config.mutationSizeMax) {
      throw new InvalidRequestError(
        `A write of ${mutations.length} bytes is larger than mutationSizeMax, ${state.config.mutationSizeMax}: write it in parts`,
        undefined,
        { size: mutations.length, limit: state.config.mutationSizeMax },
      );
    }
    let count = 0;
    this.isDurableTable = false;
    for (let at = 0; at < mutations.length; at = validating.end) {
      validating.begin(mutations, at, mutations.length);
      const table = state.tableAt(mutations, validating.tableIdFrom);
      if (table === undefined) {
        const id = toHex(mutations.subarray(validating.tableIdFrom, validating.tableIdFrom + 16));
        throw new InvalidRequestError(`There is no table of id ${id} (any more): prepare the statement again`, undefined, { id });
      }
      validator.validate(validating, table.table);
      if (table.durableWrites) this.isDurableTable = true;
      count++;
    }
    return count;
  }
}

/** Takes mutations that the log has written; those of a table that was dropped since are nobody's. */
export function applyToMemtables(
  state: EngineState,
  reader: MutationReader,
  bytes: Uint8Array,
  from: number,
  to: number,
  isLogged: boolean,
): void {
  if (!isLogged) state.active.holdsUnlogged = true;
  for (let at = from; at < to; at = reader.end) {
    reader.begin(bytes, at, to);
    const table = state.tableAt(bytes, reader.tableIdFrom);
    if (table === undefined) continue;
    state.active.of(table.id, table.table).apply(reader);
    if (state.watch.isWatched) state.watch.mutated(table.id, bytes, at, to);
  }
}
