import type { Schema, TableMetadata } from '@cassette/cql';
import { LiveSSTable, type WriteSSTableJob, writeSSTable } from '../sstables/index.ts';
import type { EngineState, SetAsideSSTable } from './engine-state.ts';

/** A table in a snapshot, and the SSTables it has there. */
export interface SnapshotTable {
  readonly table: TableMetadata;
  readonly sstables: readonly LiveSSTable[];
  /** Those that recovery set aside. */
  readonly setAside: readonly SetAsideSSTable[];
}

/** What a temporary SSTable is made of; the engine knows the rest. */
export type TemporarySSTable = Pick<
  WriteSSTableJob,
  'version' | 'encodingStats' | 'staticColumns' | 'regularColumns' | 'expectedPartitions' | 'cursor' | 'cancelled' | 'onProgress'
>;

/**
 * The SSTables of all tables at one moment, kept from being removed until `release`. Writes go on meanwhile and are not in it.
 */
export class EngineSnapshot {
  readonly schema: Schema;
  tables: readonly SnapshotTable[];
  private readonly state: EngineState;
  /** What is in it and in no file. */
  private readonly inMemory: LiveSSTable[] = [];
  private released = false;

  constructor(state: EngineState) {
    this.state = state;
    this.schema = state.schema;
    this.tables = state.schema.tables.map((table) => {
      const { sstables, setAside } = state.tableStateOf(table);
      return { table, sstables, setAside };
    });
    for (const { sstables } of this.tables) for (const sstable of sstables) sstable.acquire();
  }

  /**
   * Writes what a cursor gives as an SSTable of the table that the catalog does not name, and opens it; `discard` ends it.
   * Null where there was nothing to write, or `cancelled` said so. Closes the cursor. Throws StorageError, and
   * UnwritableDeletionError where the version can't hold a deletion.
   */
  async writeTemporary(table: TableMetadata, what: TemporarySSTable): Promise<LiveSSTable | null> {
    const { storage, scheduler, config } = this.state;
    try {
      const record = await writeSSTable({
        ...what,
        emptyChunk: 'after a full one',
        storage,
        scheduler,
        sliceMilliseconds: config.sliceMilliseconds,
        table,
        generation: this.state.tableStateOf(table).nextGeneration++,
      });
      return record === null ? null : await LiveSSTable.open(storage, record, table);
    } finally {
      what.cursor.close();
    }
  }

  /** Takes in an SSTable of what no file has yet; it is the snapshot's from then on. */
  include(table: TableMetadata, sstable: LiveSSTable): void {
    sstable.acquire();
    this.inMemory.push(sstable);
    this.tables = this.tables.map((one) => (one.table === table ? { ...one, sstables: [...one.sstables, sstable] } : one));
  }

  /** Gives the SSTables free. */
  release(): void {
    if (this.released) return;
    this.released = true;
    for (const { sstables } of this.tables) for (const sstable of sstables) sstable.release();
    for (const sstable of this.inMemory) sstable.close();
  }
}
