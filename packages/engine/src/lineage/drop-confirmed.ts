import { NO_DELETION_TIME } from '@cassette/sstable';
import { CatalogTransaction, type ExportRecord, sstableKey } from '../catalog/index.ts';
import { mayShareTokens } from '../compaction/expired-sstables.ts';
import type { Memtable } from '../memtable/index.ts';
import type { LiveSSTable } from '../sstables/index.ts';
import { discardSSTables } from '../write-engine/discard-sstables.ts';
import type { EngineState, TableState } from '../write-engine/engine-state.ts';
import { isCovered } from './coverage.ts';
import { readRangeOf, spanOf } from './token-ranges.ts';

/** What became of the SSTables that an export has. */
export interface DropReport {
  /** Those that went. */
  readonly dropped: readonly DroppedSSTable[];
  /** Those that the export has and that are needed here all the same. */
  readonly kept: readonly (DroppedSSTable & { readonly why: KeptBecause })[];
}

/** One of them. */
export interface DroppedSSTable {
  readonly keyspace: string;
  readonly table: string;
  readonly generation: number;
  readonly bytes: number;
}

/**
 * `counters`: an increment stands on the count that is here. `deletions`: what it deletes may be in what stays. `newer values`: what stays
 * may have older ones of the same rows, which would come back. `damaged`: what it covers can't be read.
 */
export type KeptBecause = 'counters' | 'deletions' | 'newer values' | 'damaged';

/**
 * Removes the SSTables that an export has, as far as nothing that stays needs them; one transaction of the catalog. A crash before it
 * leaves everything, one after it litter.
 */
export async function dropConfirmed(state: EngineState, record: ExportRecord): Promise<DropReport> {
  const dropped: DroppedSSTable[] = [];
  const kept: (DroppedSSTable & { why: KeptBecause })[] = [];
  await state.exclusive(async () => {
    const going = new Map<TableState, readonly LiveSSTable[]>();
    const transaction = new CatalogTransaction();
    for (const id of record.tables) {
      const table = state.tables.get(id);
      if (table === undefined) continue;
      const candidates = table.sstables.filter((sstable) => isCovered(record, sstable));
      const gone = droppable(state, table, candidates, (sstable, why) => kept.push({ ...factsOf(table, sstable), why }));
      if (gone.length === 0) continue;
      going.set(table, gone);
      transaction.delete(...gone.map((sstable) => sstableKey(id, sstable.record.generation)));
    }
    if (going.size === 0) return;
    await state.storage.catalog.commit(transaction.changes);
    for (const [table, gone] of going) {
      table.sstables = table.sstables.filter((sstable) => !gone.includes(sstable));
      state.watch.replaced(table.id);
      discardSSTables(state, table.table, gone);
      for (const sstable of gone) dropped.push(factsOf(table, sstable));
    }
  });
  return { dropped, kept };
}

function factsOf({ table: { keyspace, name } }: TableState, { record }: LiveSSTable): DroppedSSTable {
  return { keyspace, table: name, generation: record.generation, bytes: record.bytes };
}

function droppable(
  state: EngineState,
  table: TableState,
  candidates: readonly LiveSSTable[],
  keep: (sstable: LiveSSTable, why: KeptBecause) => void,
): readonly LiveSSTable[] {
  if (table.table.isCounter) {
    for (const sstable of candidates) keep(sstable, 'counters');
    return [];
  }
  let gone = candidates;
  for (;;) {
    const staying = table.sstables.filter((sstable) => !gone.includes(sstable));
    const next = gone.filter((sstable) => !mayCoverSomething(state, table, sstable, staying));
    const why = (sstable: LiveSSTable) => (hasDeletions(sstable) ? 'deletions' : 'newer values');
    for (const sstable of gone) if (!next.includes(sstable)) keep(sstable, table.setAside.length > 0 ? 'damaged' : why(sstable));
    // One more that stays may hold what others cover.
    if (next.length === gone.length) return gone;
    gone = next;
  }
}

/** Deletions, and what expires: it covers what is older once it has. */
function hasDeletions({ reader }: LiveSSTable): boolean {
  return reader.stats.minLocalDeletionTime !== NO_DELETION_TIME;
}

/** Whether something that stays, in SSTables or in memory, may be older than what an SSTable has of the same partitions. */
function mayCoverSomething(
  state: EngineState,
  table: TableState,
  sstable: LiveSSTable,
  staying: readonly LiveSSTable[],
): boolean {
  if (table.setAside.length > 0) return true;
  const { maxTimestamp } = sstable.record;
  if (staying.some((one) => one.record.minTimestamp <= maxTimestamp && mayShareTokens(one, sstable))) return true;
  return [...state.sealed, state.active].some((set) => {
    const memtable = set.get(table.id);
    if (memtable === undefined || memtable.isEmpty || memtable.stats.get().minTimestamp > maxTimestamp) return false;
    return shareAPartition(memtable, sstable);
  });
}

function shareAPartition(memtable: Memtable, { reader }: LiveSSTable): boolean {
  const cursor = memtable.cursor({ partitions: { range: readRangeOf(spanOf(reader)) } });
  try {
    while (cursor.nextPartition()) {
      if (reader.mayContainKey(cursor.keyBytes.subarray(cursor.keyFrom, cursor.keyTo))) return true;
    }
    return false;
  } finally {
    cursor.close();
  }
}
