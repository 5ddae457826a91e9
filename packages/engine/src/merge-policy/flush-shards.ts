import type { CompactionOptions } from './merge-policy.ts';
import { UcsOptions } from './ucs-options.ts';

/**
 * Into SSTables of how many equal parts of the ring a table's flushes are split, one for all but the unified policy. `meanFlush`: see
 * `PolicyContext.meanFlush`. Cassandra: UnifiedCompactionStrategy#createSSTableMultiWriter.
 */
export function flushShardsOf(options: CompactionOptions, meanFlush: number | undefined): number {
  if (!/(^|\.)UnifiedCompactionStrategy$/.test(options['class'])) return 1;
  // Of a node's one range of tokens, all of the ring, bytes are density.
  return new UcsOptions(options).shards(meanFlush ?? Number.NaN);
}
