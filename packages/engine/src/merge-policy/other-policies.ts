import { LCSPolicy } from './lcs-policy.ts';
import type { CompactionOptions, MergePolicy } from './merge-policy.ts';
import { TWCSPolicy } from './twcs-policy.ts';
import { UcsOptions } from './ucs-options.ts';
import { UCSPolicy } from './ucs-policy.ts';

/** The policies that tables have to ask for, by class. */
export const policies: Readonly<Record<string, new (options: CompactionOptions) => MergePolicy>> = {
  LeveledCompactionStrategy: LCSPolicy,
  TimeWindowCompactionStrategy: TWCSPolicy,
  UnifiedCompactionStrategy: UCSPolicy,
};

/** See `flushShardsOf`; of the unified policy. */
export function unifiedFlushShards(options: CompactionOptions, meanFlush: number | undefined): number {
  // Of a node's one range of tokens, all of the ring, bytes are density.
  return new UcsOptions(options).shards(meanFlush ?? Number.NaN);
}
