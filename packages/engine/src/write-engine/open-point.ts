import type { TableMetadata } from '@cassette/cql';
import type { HashedKey, Slice, SSTableReader, UnfilteredCursor } from '@cassette/sstable';
import type { MemtableSet } from '../memtable/memtable-set.ts';
import type { EngineState } from './engine-state.ts';

/**
 * A cursor on one row, where one SSTable alone can say anything of it: nothing is merged then, and nothing made that a merge needs. Null where
 * nothing says anything; undefined where it takes the merge of `openCursor`. To be read and closed before anything else happens: it keeps no
 * SSTable from being removed. `slices`: the row's clustering, null in a table that has none.
 * Cassandra: SinglePartitionReadCommand with a ClusteringIndexNamesFilter of one name.
 */
export function openPoint(
  state: EngineState,
  tableId: string,
  table: TableMetadata,
  key: HashedKey,
  slices: readonly Slice[] | null,
): UnfilteredCursor | null | undefined {
  for (const set of state.sealed) if (isInMemory(set, tableId, key, slices)) return undefined;
  if (isInMemory(state.active, tableId, key, slices)) return undefined;
  const sstables = state.tables.get(tableId)?.sstables ?? [];
  const { skipped } = state.tally;
  // Where there is one alone, to read it costs less than to see whether the clustering can be there.
  const asked = sstables.length > 1 ? slices : null;
  let found: SSTableReader | null = null;
  let outside = 0;
  let elsewhere = 0;
  let filtered: SSTableReader[] | null = null;
  for (const sstable of sstables) {
    const reader = sstable.readerOf(table) ?? sstable.reader;
    const exclusion = reader.exclusionOfKey(key, asked);
    if (exclusion === null) {
      if (found !== null) return undefined;
      found = reader;
    } else if (exclusion === 'key range') outside++;
    else if (exclusion === 'clusterings') elsewhere++;
    else if (filtered === null) filtered = [reader];
    else filtered.push(reader);
  }
  skipped['key range'] += outside;
  skipped.clusterings += elsewhere;
  if (filtered !== null) {
    skipped['bloom filter'] += filtered.length;
    for (const reader of filtered) reader.countFiltered();
  }
  state.tally.read(found === null ? 0 : 1);
  return found === null ? null : found.point(key, slices);
}

/** Whether a memtable has something that says anything of the row. */
function isInMemory(set: MemtableSet, tableId: string, key: HashedKey, slices: readonly Slice[] | null): boolean {
  return set.get(tableId)?.saysOf(key, slices === null ? NONE : slices[0].start.bytes) === true;
}

const NONE = new Uint8Array(0);
