import type { Schema } from '@cassette/cql';
import { CatalogTransaction, type SSTableRecord, sstableKey, tableKey } from '../catalog/index.ts';
import { LiveSSTable } from '../sstables/index.ts';
import { removeSSTableFiles, tellSweepFailed } from './discard-sstables.ts';
import type { EngineState } from './engine-state.ts';

/**
 * Takes SSTables that were written into the store's directory, under generations from here, into the catalog: all of them and the schema that
 * they need in one transaction.
 *
 * Crash points: before the transaction the files are litter, which the next start sweeps; after it they are live. Where it is not known
 * whether the catalog took them, they stay until a transaction that went well says that it has not.
 */
export class Adoption {
  private readonly state: EngineState;
  /** Of tables that are not there yet. */
  private readonly generations = new Map<string, number>();
  private doubtful: readonly SSTableRecord[] = [];

  constructor(state: EngineState) {
    this.state = state;
  }

  /** A generation that no file of that table has. */
  nextGeneration(tableId: string): number {
    const table = this.state.tables.get(tableId);
    if (table !== undefined) return table.nextGeneration++;
    const next = this.generations.get(tableId) ?? 1;
    this.generations.set(tableId, next + 1);
    return next;
  }

  /** Keys of SSTables of which it is not known whether the catalog names them: to be deleted when a table, or the schema, changes. */
  doubtfulKeys(tableId?: string): string[] {
    const ofTable = this.doubtful.filter((one) => tableId === undefined || one.tableId === tableId);
    return ofTable.map((one) => sstableKey(one.tableId, one.generation));
  }

  /**
   * Makes SSTables live, in the schema that `planned` gives for the one that there is then. Readers see all of them at once. Throws StorageError,
   * what opening them throws, and what `planned` throws, and `checkWanted`, which is asked until the transaction begins; then nothing has
   * changed, and the files are the caller's.
   */
  async adopt(
    records: readonly SSTableRecord[],
    planned: (current: Schema) => Schema,
    checkWanted: () => void = () => undefined,
  ): Promise<void> {
    const { state } = this;
    await this.settle();
    const opened: LiveSSTable[] = [];
    let isDone = false;
    try {
      await state.exclusive(async () => {
        const before = state.schema;
        const next = planned(before);
        for (const record of records) {
          checkWanted();
          const table = next.tables.find((one) => tableKey(one) === record.tableId)!;
          opened.push(await LiveSSTable.open(state.storage, record, table));
        }
        if (next !== before) await this.alterOthers(next);
        await state.storage.sync();
        checkWanted();
        await this.commit(before, next, records);
        isDone = true;
        if (next !== before) state.setSchema(next);
        for (const [id, generation] of this.generations) {
          const table = state.tables.get(id);
          if (table !== undefined) table.nextGeneration = Math.max(table.nextGeneration, generation);
        }
        for (const table of state.tables.values()) {
          const came = opened.filter(({ record }) => record.tableId === table.id);
          if (came.length === 0) continue;
          table.sstables = [...table.sstables, ...came];
          state.watch.replaced(table.id);
        }
        if (next !== before) state.watch.schemaChanged();
        if (next !== before) state.events.emit({ type: 'schema-changed' });
      });
    } finally {
      if (!isDone) {
        for (const sstable of opened) sstable.close();
        // Nothing refers to them yet, so that it can be made certain at once; else the next import does, or a later start has them whole.
        await this.settle().catch((error: unknown) => tellSweepFailed(state, error));
      }
    }
    this.generations.clear();
    for (const { tableId, generation, bytes } of records) {
      const table = state.tables.get(tableId)?.table;
      if (table === undefined) continue;
      state.events.emit({ type: 'sstable-added', keyspace: table.keyspace, table: table.name, generation, bytes });
    }
  }

  /** Removes files that nobody names: of an import that failed. Those of which that is not known stay. */
  async abandon(records: readonly SSTableRecord[]): Promise<void> {
    await removeSSTableFiles(
      this.state,
      records.filter((record) => !this.doubtful.includes(record)),
    );
  }

  /** Makes the catalog not name what an import that failed may have left there. Throws StorageError. */
  async settle(): Promise<void> {
    if (this.doubtful.length === 0) return;
    await this.state.exclusive(() => this.takeBack());
  }

  /** SSTables that are live read the new form of their table before anyone can ask for it. */
  private async alterOthers(next: Schema): Promise<void> {
    for (const table of next.tables) {
      for (const sstable of this.state.tables.get(tableKey(table))?.sstables ?? []) await sstable.alter(table);
    }
  }

  private async commit(before: Schema, next: Schema, records: readonly SSTableRecord[]): Promise<void> {
    const { catalog } = this.state.storage;
    const transaction = new CatalogTransaction();
    if (next !== before) transaction.putSchema(next);
    for (const record of records) transaction.putSSTable(record);
    try {
      await catalog.commit(transaction.changes);
    } catch (error) {
      // Perhaps it took them and perhaps not.
      this.doubtful = records;
      throw error;
    }
  }

  private async takeBack(): Promise<void> {
    const { state, doubtful } = this;
    const transaction = new CatalogTransaction().putSchema(state.schema);
    transaction.delete(...doubtful.map(({ tableId, generation }) => sstableKey(tableId, generation)));
    await state.storage.catalog.commit(transaction.changes);
    this.doubtful = [];
    await removeSSTableFiles(state, doubtful);
  }
}
