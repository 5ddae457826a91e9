import type { TableMetadata } from '@cassette/cql';
import type { SSTableReader, UnfilteredCursor } from '@cassette/sstable';
import { GarbageSkippingCursor } from './garbage-skipping-cursor.ts';
import { ShadowSources } from './shadow-sources.ts';
import type { TombstoneOption } from './tombstone-option.ts';

/**
 * The merge of a compaction without what SSTables beside it shadow; it takes the merge over. `compacted`: the least timestamps of those that are
 * compacted.
 */
export function withoutGarbage(
  table: TableMetadata,
  merge: UnfilteredCursor,
  beside: readonly SSTableReader[],
  compacted: readonly { readonly minTimestamp: bigint }[],
  option: TombstoneOption,
): UnfilteredCursor {
  const shadows = new ShadowSources(table, beside, compacted, option);
  return shadows.isEmpty ? merge : new GarbageSkippingCursor(table, merge, shadows, option === 'cell');
}
