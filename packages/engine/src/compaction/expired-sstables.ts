import { keepsDeletions } from '../lineage/coverage.ts';
import type { LiveSSTable } from '../sstables/index.ts';
import type { EngineState, TableState } from '../write-engine/engine-state.ts';

/** Whether two SSTables may hold partitions of the same tokens. */
export function mayShareTokens({ reader: a }: LiveSSTable, { reader: b }: LiveSSTable): boolean {
  return a.mayContainRange({ start: { ...b.firstToken, inclusive: true }, end: { ...b.lastToken, inclusive: true } });
}

/**
 * Those of the inputs of a compaction that hold nothing any more: all of it is deleted or expired, for longer than gc_grace_seconds, and
 * covers nothing that is elsewhere. They go without being read. Cassandra: CompactionController#getFullyExpiredSSTables.
 */
export function fullyExpired(
  state: EngineState,
  table: TableState,
  inputs: readonly LiveSSTable[],
  gcBefore: number,
): LiveSSTable[] {
  if (table.setAside.length > 0) return [];
  if (table.table.params.compaction['only_purge_repaired_tombstones']?.toLowerCase() === 'true') return [];
  const isPast = ({ reader }: LiveSSTable) => reader.stats.maxLocalDeletionTime < gcBefore;
  const candidates = inputs.filter((input) => isPast(input) && !keepsDeletions(state, table.id, input));
  if (candidates.length === 0) return [];
  const others = table.sstables.filter((one) => !inputs.includes(one) && inputs.some((input) => mayShareTokens(one, input)));
  let least: bigint | null = null;
  const alive = (timestamp: bigint) => {
    if (least === null || timestamp < least) least = timestamp;
  };
  for (const one of [...others, ...inputs]) if (!isPast(one)) alive(one.record.minTimestamp);
  for (const set of [...state.sealed, state.active]) {
    const memtable = set.get(table.id);
    if (memtable !== undefined && !memtable.isEmpty) alive(memtable.stats.get().minTimestamp);
  }
  return candidates.filter(({ record }) => least === null || record.maxTimestamp < least);
}
