import { LCSPolicy } from './lcs-policy.ts';
import type { CompactionOptions, MergePolicy } from './merge-policy.ts';
import { STCSPolicy } from './stcs-policy.ts';
import { TWCSPolicy } from './twcs-policy.ts';
import { UCSPolicy } from './ucs-policy.ts';

const policies: Readonly<Record<string, new (options: CompactionOptions) => MergePolicy>> = {
  SizeTieredCompactionStrategy: STCSPolicy,
  LeveledCompactionStrategy: LCSPolicy,
  TimeWindowCompactionStrategy: TWCSPolicy,
  UnifiedCompactionStrategy: UCSPolicy,
};

/** The policy that a table's `compaction` option selects; its options were checked when the table was made. */
export function mergePolicyOf(options: CompactionOptions): MergePolicy {
  const name = options['class'].slice(options['class'].lastIndexOf('.') + 1);
  return new policies[name](options);
}
