import type { CompactionOptions, MergePolicy } from './merge-policy.ts';
import { STCSPolicy } from './stcs-policy.ts';

/** The policy that a table's `compaction` option selects. */
export function mergePolicyOf(options: CompactionOptions): MergePolicy {
  return new STCSPolicy(options);
}
