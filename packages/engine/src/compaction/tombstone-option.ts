import type { CompactionOptions } from '../merge-policy/merge-policy.ts';

/** How much of the SSTables beside it a compaction asks: nothing, what deletes whole rows, or cells too. Cassandra: CompactionParams.TombstoneOption. */
export type TombstoneOption = 'none' | 'row' | 'cell';

/** What a table's `provide_overlapping_tombstones` says; it was checked when the table was made. */
export function tombstoneOptionOf(options: CompactionOptions): TombstoneOption {
  // No SSTable here has been repaired, and those that have not leave and provide nothing then.
  if (options['only_purge_repaired_tombstones']?.toLowerCase() === 'true') return 'none';
  return (options['provide_overlapping_tombstones']?.toLowerCase() ?? 'none') as TombstoneOption;
}
