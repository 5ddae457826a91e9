import type { TableMetadata } from '@cassette/cql';
import type { SSTableRecord } from '../catalog/index.ts';
import { filesOf, type LiveSSTable } from '../sstables/index.ts';
import type { EngineState } from './engine-state.ts';

/** Removes SSTables that the catalog no longer names, when the last who reads them is done. */
export function discardSSTables(state: EngineState, { keyspace, name }: TableMetadata, sstables: readonly LiveSSTable[]): void {
  const { events } = state;
  for (const sstable of sstables) {
    const { generation } = sstable.record;
    const retired = state.tally.retire(sstable);
    const removed = sstable
      .discard()
      .then(
        () => {
          retired();
          events.emit({ type: 'sstable-removed', keyspace, table: name, generation });
        },
        (error: unknown) => tellSweepFailed(state, error),
      )
      .finally(() => state.removals.delete(sstable));
    state.removals.set(sstable, removed);
  }
}

/** Waits until SSTables are removed that nobody reads any more: what is left when the store is closed is swept at the next start only. */
export async function removalsEnd({ removals }: EngineState): Promise<void> {
  await Promise.all([...removals].filter(([sstable]) => !sstable.isRead).map(([, removed]) => removed));
}

/** Removes the files of SSTables that nobody names or has open. What can't be removed is swept at the next start. */
export async function removeSSTableFiles(state: EngineState, records: readonly SSTableRecord[]): Promise<void> {
  for (const record of records) {
    for (const name of filesOf(record)) {
      await state.storage.remove(name).catch((error: unknown) => tellSweepFailed(state, error));
    }
  }
}

/** Tells that litter stays where it is for now. */
export function tellSweepFailed(state: EngineState, error: unknown): void {
  state.events.emit({ type: 'sweep-failed', message: error instanceof Error ? error.message : String(error) });
}
