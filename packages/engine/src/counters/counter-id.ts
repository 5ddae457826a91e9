import { CatalogTransaction } from '../catalog/index.ts';
import type { EngineState } from '../write-engine/engine-state.ts';

/**
 * The id that this store's shards have in the contexts of counters, as a node's host id is in Cassandra's: made of chance when it is
 * first asked for, durable when this resolves. One store alone may have it: of two shards of one id the later one counts, so two
 * that went on counting from copies of one store would lose what the other counted. A store that lost it takes another one, and
 * counts on beside its old shards. Throws StorageError. Cassandra: utils.CounterId#getLocalId.
 */
export function counterIdOf(state: EngineState, random: () => number): Promise<Uint8Array> {
  return state.exclusive(async () => state.counterId ?? newCounterId(state, random));
}

/**
 * Gives the store another id, durably, for it is a copy of one that goes on counting; null for one that has not counted, which has none to
 * share. What was counted so far stays: shards of the old id, to which nothing is added here any more. No counter may be changed meanwhile.
 * Throws StorageError; then it has its old one. Cassandra: CounterId#renewLocalId, of the versions that had local shards.
 */
export function renewCounterIdOf(state: EngineState, random: () => number): Promise<Uint8Array | null> {
  return state.exclusive(async () => (state.counterId === null ? null : newCounterId(state, random)));
}

async function newCounterId(state: EngineState, random: () => number): Promise<Uint8Array> {
  const id = Uint8Array.from({ length: 16 }, () => Math.floor(random() * 256));
  // A random UUID: never zero, which stands for increments.
  id[6] = (id[6] & 0x0f) | 0x40;
  id[8] = (id[8] & 0x3f) | 0x80;
  await state.storage.catalog.commit(new CatalogTransaction().putCounterId(id).changes);
  state.counterId = id;
  return id;
}
