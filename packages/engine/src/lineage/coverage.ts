import type { ExportRecord } from '../catalog/index.ts';
import type { LiveSSTable } from '../sstables/index.ts';
import type { EngineState } from '../write-engine/engine-state.ts';
import { hasAllOf, spanOf, type TokenInterval } from './token-ranges.ts';

// What an SSTable holds is in an export, together with those that the export goes on from, if its record says so (coveredBy). A flush is
// in none. What a compaction writes is in those that all of its inputs are in: so nothing that an export lacks is ever taken for
// something that it has, whatever its timestamps are. Cassandra keeps repaired and unrepaired SSTables apart in the same way.

/** Numbers of the exports that have all that several SSTables hold. */
export function coveredByAll(sstables: readonly LiveSSTable[]): readonly number[] {
  const [first, ...others] = sstables;
  if (first === undefined) return [];
  return first.coveredBy.filter((number) => others.every((one) => one.coveredBy.includes(number)));
}

/** Whether an export has what an SSTable holds of the tokens that are wanted; null: of all. */
export function isCovered(record: ExportRecord, sstable: LiveSSTable, wanted: readonly TokenInterval[] | null = null): boolean {
  return sstable.coveredBy.includes(record.number) && hasAllOf(intervalsOfRecord(record), wanted, spanOf(sstable.reader));
}

/** The tokens that an export is of. */
export function intervalsOfRecord({ ranges }: ExportRecord): readonly TokenInterval[] | null {
  return ranges?.map(([first, last]) => [BigInt(first), BigInt(last)] as const) ?? null;
}

/**
 * Whether deletions in an SSTable have to stay, gc_grace_seconds or not: an export has been made of its table (or the configuration says
 * that one will be), and none that the cluster is known to have has this. A cluster that has the data of the earlier export would
 * else never hear that it was deleted.
 */
export function keepsDeletions(state: EngineState, tableId: string, sstable: LiveSSTable): boolean {
  const { keepDeletionsUntilConfirmed } = state.config;
  if (keepDeletionsUntilConfirmed === 'never') return false;
  let keeps = keepDeletionsUntilConfirmed === 'always';
  for (const record of state.exports) {
    if (!record.tables.includes(tableId)) continue;
    if (record.confirmedAt !== null && isCovered(record, sstable)) return false;
    keeps = true;
  }
  return keeps;
}

/**
 * SSTables of a table in groups that are compacted apart: by whether the export that is under way, the last one and the last one that the
 * cluster has, have them. So the next export since one of those stays as small as what was written after it; one since an older export
 * gives again what was merged, which is more than it need be, and right.
 */
export function poolsOf<T>(
  state: EngineState,
  tableId: string,
  sstables: readonly T[],
  coveredBy: (sstable: T) => readonly number[],
): ReadonlyMap<string, readonly T[]> {
  const ofTable = state.exports.filter(({ tables }) => tables.includes(tableId));
  const anchors = [
    ...state.exportsUnderWay,
    ofTable.at(-1)?.number,
    ofTable.filter(({ confirmedAt }) => confirmedAt !== null).at(-1)?.number,
  ];
  const pools = new Map<string, T[]>();
  for (const sstable of sstables) {
    const numbers = coveredBy(sstable);
    const key = anchors.map((anchor) => (anchor !== undefined && numbers.includes(anchor) ? '1' : '0')).join('');
    const pool = pools.get(key);
    if (pool === undefined) pools.set(key, [sstable]);
    else pool.push(sstable);
  }
  return pools;
}
