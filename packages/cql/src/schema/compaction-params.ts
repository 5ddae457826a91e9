import { ConfigurationError } from '../errors.ts';
import { checkCompactionOptions } from './compaction-options.ts';

const compactionPackage = 'org.apache.cassandra.db.compaction.';

const everyStrategy = [
  'enabled',
  'log_all',
  'only_purge_repaired_tombstones',
  'provide_overlapping_tombstones',
  'tombstone_compaction_interval',
  'tombstone_threshold',
  'unchecked_tombstone_compaction',
];
const sizeTiered = ['min_threshold', 'max_threshold', 'min_sstable_size', 'bucket_low', 'bucket_high'];

/** Strategies of Cassandra 5.0 and the options that each of them understands beside those of all. */
const strategies: Readonly<Record<string, readonly string[]>> = {
  SizeTieredCompactionStrategy: sizeTiered,
  LeveledCompactionStrategy: [...sizeTiered, 'sstable_size_in_mb', 'fanout_size', 'single_sstable_uplevel'],
  TimeWindowCompactionStrategy: [
    ...sizeTiered,
    'timestamp_resolution',
    'compaction_window_unit',
    'compaction_window_size',
    'expired_sstable_check_frequency_seconds',
    'unsafe_aggressive_sstable_expiration',
  ],
  UnifiedCompactionStrategy: [
    'scaling_parameters',
    'min_sstable_size',
    'flush_size_override',
    'base_shard_count',
    'target_sstable_size',
    'sstable_growth',
    'max_sstables_to_compact',
    'unsafe_aggressive_sstable_expiration',
    'expired_sstable_check_frequency_seconds',
    'overlap_inclusion_method',
  ],
};

/**
 * `compaction = {…}`: `class` and what that strategy takes; thresholds are filled in. Throws ConfigurationError, in Cassandra's words.
 * Cassandra: CompactionParams#fromMap, #validate.
 */
export function readCompaction(map: Record<string, string> | undefined): Readonly<Record<string, string>> | undefined {
  if (map === undefined) return undefined;
  const { class: given, ...options } = map;
  if (given === undefined) throw new ConfigurationError("Missing sub-option 'class' for the 'compaction' option");
  const fullName = given.includes('.') ? given : compactionPackage + given;
  const name = fullName.slice(compactionPackage.length);
  if (!fullName.startsWith(compactionPackage) || !Object.hasOwn(strategies, name)) {
    throw new ConfigurationError(`Unable to find compaction strategy class '${fullName}'`, undefined, { option: 'class' });
  }
  // As Cassandra goes about it: values before names, and the thresholds last.
  checkCompactionOptions(name, options);
  const hasThresholds = name !== 'UnifiedCompactionStrategy';
  const all: Record<string, string> = hasThresholds ? { min_threshold: '4', max_threshold: '32', ...options } : options;
  const unknown = Object.keys(all).filter((key) => !everyStrategy.includes(key) && !strategies[name].includes(key));
  if (unknown.length > 0) {
    throw new ConfigurationError(`Properties specified [${unknown.join(', ')}] are not understood by ${name}`, undefined, {
      option: unknown[0],
    });
  }
  const overlapping = all.provide_overlapping_tombstones;
  if (overlapping !== undefined && !/^(none|row|cell)$/i.test(overlapping)) {
    throw new ConfigurationError(
      `Invalid value ${overlapping.toUpperCase()} for 'provide_overlapping_tombstones' compaction sub-option - must be one of the following [NONE, ROW, CELL].`,
      undefined,
      { option: 'provide_overlapping_tombstones' },
    );
  }
  checkThresholds(all);
  return { ...all, class: fullName };
}

function checkThresholds(options: Readonly<Record<string, string>>): void {
  for (const name of ['min_threshold', 'max_threshold']) {
    if (options[name] !== undefined && !/^\d{1,9}$/.test(options[name])) {
      throw new ConfigurationError(
        `Invalid value ${options[name]} for '${name}' compaction sub-option - must be an integer`,
        undefined,
        {
          option: name,
        },
      );
    }
  }
  const min = Number(options.min_threshold ?? 4);
  const max = Number(options.max_threshold ?? 32);
  if (min <= 0 || max <= 0) {
    throw new ConfigurationError(
      "Disabling compaction by setting compaction thresholds to 0 has been removed, set the compaction option 'enabled' to false instead.",
      undefined,
      { option: min <= 0 ? 'min_threshold' : 'max_threshold' },
    );
  }
  if (min <= 1)
    throw new ConfigurationError(`Min compaction threshold cannot be less than 2 (got ${min})`, undefined, {
      option: 'min_threshold',
    });
  if (min > max) {
    throw new ConfigurationError(
      `Min compaction threshold (got ${min}) cannot be greater than max compaction threshold (got ${max})`,
      undefined,
      { option: options.min_threshold === undefined ? 'max_threshold' : 'min_threshold' },
    );
  }
}
