import { CatalogTransaction, type SSTableRecord, sstableKey } from '../catalog/index.ts';
import { coveredByAll } from '../lineage/coverage.ts';
import type { LiveSSTable } from '../sstables/index.ts';
import { discardSSTables, removeSSTableFiles } from '../write-engine/discard-sstables.ts';
import type { EngineState } from '../write-engine/engine-state.ts';
import type { CompactionRun } from './compaction-run.ts';

/** A swap of which it is not known whether the catalog took it: either set of files is all there is of the rows. */
interface Doubt {
  readonly tableId: string;
  readonly inputs: readonly SSTableRecord[];
  readonly outputs: readonly SSTableRecord[];
}

/**
 * Puts what a compaction wrote in the place of what it read, in one transaction of the catalog.
 *
 * Crash points: before the transaction the outputs are litter, after it the inputs are. Files and names of the outputs are durable before
 * it; files of the inputs go after it, when their last reader has gone.
 */
export class Swapper {
  private readonly state: EngineState;
  private doubts: Doubt[] = [];

  constructor(state: EngineState) {
    this.state = state;
  }

  /** Keys of outputs of which it is not known whether the catalog names them: to be deleted with those of the table. */
  doubtfulKeys(tableId: string): string[] {
    return this.doubts
      .filter((doubt) => doubt.tableId === tableId)
      .flatMap(({ outputs }) => outputs.map(({ generation }) => sstableKey(tableId, generation)));
  }

  /**
   * Makes the catalog say what is read here: the inputs of swaps that were in doubt. To be called before the next compaction. Throws
   * StorageError.
   */
  async settle(): Promise<void> {
    if (this.doubts.length === 0) return;
    const { state } = this;
    await state.exclusive(async () => {
      const transaction = new CatalogTransaction();
      for (const { tableId, inputs, outputs } of this.doubts) {
        transaction.delete(...outputs.map(({ generation }) => sstableKey(tableId, generation)));
        const live = new Map(state.tables.get(tableId)?.sstables.map(({ record }) => [record.generation, record]));
        for (const { generation } of inputs) {
          const record = live.get(generation);
          if (record !== undefined) transaction.putSSTable(record);
        }
      }
      await state.storage.catalog.commit(transaction.changes);
    });
    const { doubts } = this;
    this.doubts = [];
    await removeSSTableFiles(
      state,
      doubts.flatMap(({ outputs }) => outputs),
    );
  }

  /**
   * Swaps what a run wrote in, and frees its inputs; false where the inputs went meanwhile, with their table or its content. Readers
   * see all of it at once. Where it did not happen, what the run still has is to be abandoned. Throws StorageError.
   */
  async swap(run: CompactionRun): Promise<boolean> {
    const { state } = this;
    const { table, inputs } = run;
    await state.storage.sync();
    const outputs = await state.exclusive(() => this.commit(run));
    if (outputs === null) return false;
    run.release();
    const { keyspace, name } = table.table;
    for (const { record } of outputs) {
      const { generation, bytes } = record;
      state.events.emit({ type: 'sstable-added', keyspace, table: name, generation, bytes });
    }
    discardSSTables(state, table.table, inputs);
    return true;
  }

  /** The run's outputs, live; null where its inputs have gone. */
  private async commit(run: CompactionRun): Promise<readonly LiveSSTable[] | null> {
    const { state } = this;
    const { table, inputs } = run;
    if (run.isVoid) return null;
    // The table may have another form by now.
    for (const sstable of run.outputs) await sstable.alter(table.table);
    const transaction = new CatalogTransaction();
    transaction.delete(...inputs.map(({ record }) => sstableKey(table.id, record.generation)));
    const outputs = run.handOver();
    // What came of SSTables that an export has is in that export too.
    for (const sstable of outputs) sstable.coveredBy = coveredByAll(inputs);
    for (const { record } of outputs) transaction.putSSTable(record);
    try {
      await state.storage.catalog.commit(transaction.changes);
    } catch (error) {
      // Perhaps it took it and perhaps not: both sets of files stay until a transaction that went well says which it is.
      for (const sstable of outputs) sstable.close();
      const recordsOf = (sstables: readonly LiveSSTable[]) => sstables.map(({ record }) => record);
      this.doubts.push({ tableId: table.id, inputs: recordsOf(inputs), outputs: recordsOf(outputs) });
      throw error;
    }
    // An export may have begun meanwhile, with the inputs.
    for (const sstable of outputs) sstable.coveredBy = coveredByAll(inputs);
    table.sstables = [...table.sstables.filter((sstable) => !inputs.includes(sstable)), ...outputs];
    return outputs;
  }
}
