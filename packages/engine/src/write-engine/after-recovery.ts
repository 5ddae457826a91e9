import { StorageError, StorageFullError } from '@cassette/storage';
import { CatalogTransaction } from '../catalog/index.ts';
import type { Flusher } from '../flush/index.ts';
import { MemtableSet } from '../memtable/index.ts';
import type { WriteAheadLog } from '../wal/index.ts';
import type { EngineState } from './engine-state.ts';

/**
 * Seals what was replayed so far, everything before `segment`, and flushes it. Where the disk refuses that it stays in memory
 * (no more than the WAL has), is read from there, and the flusher tries again later.
 */
export async function flushReplayed(state: EngineState, flusher: Flusher, segment: number): Promise<void> {
  state.sealed.push(state.active);
  state.active = new MemtableSet(segment);
  // It is full still: trying with every set would only make opening slow.
  if (flusher.lastFailure !== null) return;
  try {
    await flusher.run();
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
  }
}

/**
 * Tells the catalog what the WAL is after it was replayed: segments that hold nothing any more would gather with every start. A log that
 * has no id yet gets one. Throws StorageError, but not where there is no room: the log is then another one at the next start.
 */
export function recordWal(state: EngineState, wal: WriteAheadLog, random: () => number): Promise<void> {
  return state.exclusive(async () => {
    const isNamed = state.changeLog.id !== null;
    const id = state.changeLog.id ?? newLogId(random);
    state.changeLog.id = id;
    if (state.active.isEmpty && wal.segment >= 0) state.active = new MemtableSet(wal.segment);
    // What could not be flushed still needs its segments.
    const isDone = state.active.isEmpty && state.sealed.length === 0 && wal.segment >= 0;
    const lowestWalSegment = isDone ? wal.segment : state.lowestWalSegment;
    const hasWal = wal.has(lowestWalSegment);
    if (isNamed && lowestWalSegment === state.lowestWalSegment && hasWal === state.hasWal) return;
    const record = { lowestWalSegment, hasWal, clock: state.clock.lastTimestamp };
    try {
      const transaction = new CatalogTransaction().putStore(record);
      if (!isNamed) transaction.putLogId(id);
      await state.storage.catalog.commit(transaction.changes);
    } catch (error) {
      // Then they are replayed once more, to the same.
      if (error instanceof StorageFullError) return;
      throw error;
    }
    state.lowestWalSegment = lowestWalSegment;
    state.hasWal = hasWal;
    await wal.retire(lowestWalSegment);
  });
}

/**
 * Makes litter of segments that no memtable needs, and removes them: those that descriptions of the store alone have filled, with which no flush
 * does that. Only while nothing is flushed. Throws StorageError.
 */
export function retireEmptied(state: EngineState, wal: WriteAheadLog, isStopped: () => boolean): Promise<void> {
  return state.exclusive(async () => {
    const lowestWalSegment = state.active.firstSegment;
    if (state.sealed.length > 0 || lowestWalSegment <= state.lowestWalSegment || isStopped()) return;
    if (state.changeLog.isWanted) await wal.cutRefused();
    const hasWal = wal.has(lowestWalSegment);
    const record = { lowestWalSegment, hasWal, clock: state.clock.lastTimestamp };
    await state.storage.catalog.commit(new CatalogTransaction().putStore(record).changes);
    state.lowestWalSegment = lowestWalSegment;
    state.hasWal = hasWal;
    await wal.retire(lowestWalSegment);
  });
}

function newLogId(random: () => number): string {
  const digits = () =>
    Math.floor(random() * 0x1000000)
      .toString(16)
      .padStart(6, '0');
  return digits() + digits();
}
