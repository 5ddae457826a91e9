import type { CompactionOptions, MergePolicy } from './merge-policy.ts';
import { otherPolicies } from './other-policies-part.ts';
import { STCSPolicy } from './stcs-policy.ts';

/** The policy that a table's `compaction` option selects; its options were checked when the table was made. Throws PartNotLoadedError. */
export function mergePolicyOf(options: CompactionOptions): MergePolicy {
  const name = classOf(options);
  return isUsual(name) ? new STCSPolicy(options) : new otherPolicies.module.policies[name](options);
}

/** Whether `mergePolicyOf` has it: all but the usual one are loaded with the first table that wants one, by {@link loadPolicies}. */
export function hasPolicy(options: CompactionOptions): boolean {
  return otherPolicies.isLoaded || isUsual(classOf(options));
}

/** Loads what tables of such options need. Rejects with PartUnavailableError. */
export async function loadPolicies(all: Iterable<CompactionOptions>): Promise<void> {
  for (const options of all) if (!hasPolicy(options)) await otherPolicies.load();
}

/**
 * Into SSTables of how many equal parts of the ring a table's flushes are split, one for all but the unified policy. `meanFlush`: see
 * `PolicyContext.meanFlush`. Throws PartNotLoadedError. Cassandra: UnifiedCompactionStrategy#createSSTableMultiWriter.
 */
export function flushShardsOf(options: CompactionOptions, meanFlush: number | undefined): number {
  if (classOf(options) !== 'UnifiedCompactionStrategy') return 1;
  return otherPolicies.module.unifiedFlushShards(options, meanFlush);
}

function isUsual(name: string): boolean {
  return name === 'SizeTieredCompactionStrategy';
}

/** Without its package. */
function classOf(options: CompactionOptions): string {
  return options['class'].slice(options['class'].lastIndexOf('.') + 1);
}
