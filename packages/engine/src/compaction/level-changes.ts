import { CatalogTransaction } from '../catalog/index.ts';
import type { CompactionPlan } from '../merge-policy/compaction-plan.ts';
import type { LiveSSTable } from '../sstables/index.ts';
import type { EngineState, TableState } from '../write-engine/engine-state.ts';

/**
 * Gives SSTables other levels in their place: no row is read or written. Cassandra: db.compaction.SingleSSTableLCSTask.
 *
 * Crash points: those of sstables/statistics-change.ts.
 */
export class LevelChanges {
  private readonly state: EngineState;
  /** SSTables of which it is not known which level the catalog has: here it is the old one. */
  private doubtful: { readonly table: TableState; readonly sstable: LiveSSTable }[] = [];

  constructor(state: EngineState) {
    this.state = state;
  }

  /** Makes the catalog say what is read here, where that is in doubt. To be called before anything else is changed. Throws StorageError. */
  async settle(): Promise<void> {
    if (this.doubtful.length === 0) return;
    const { state } = this;
    await state.exclusive(async () => {
      const transaction = new CatalogTransaction();
      for (const { table, sstable } of this.doubtful) if (isLive(state, table, sstable)) transaction.putSSTable(sstable.record);
      await state.storage.catalog.commit(transaction.changes);
    });
    const { doubtful } = this;
    this.doubtful = [];
    for (const { sstable } of doubtful) await sstable.dropLevel();
  }

  /**
   * Gives the one SSTable of a plan its level; false where it has gone, or is just being copied and must not change. Throws StorageError,
   * CorruptionError; what is left to do then is done at the next start.
   */
  change(table: TableState, { inputs: [generation], level }: CompactionPlan): Promise<boolean> {
    const { state } = this;
    return state.exclusive(async () => {
      const sstable = table.sstables.find(({ record }) => record.generation === generation);
      if (sstable === undefined || !isLive(state, table, sstable) || sstable.isLent) return false;
      await sstable.changeLevel(level, async (record) => {
        try {
          await state.storage.catalog.commit(new CatalogTransaction().putSSTable(record).changes);
        } catch (error) {
          this.doubtful.push({ table, sstable });
          throw error;
        }
      });
      return true;
    });
  }
}

function isLive(state: EngineState, table: TableState, sstable: LiveSSTable): boolean {
  return state.tables.get(table.id) === table && table.sstables.includes(sstable);
}
