import { checkBoolean, fraction, type Options, refused, wholeNumber } from './option-numbers.ts';
import { checkUnified } from './unified-compaction-options.ts';

const longMax = 2n ** 63n - 1n;

/** LeveledGenerations.MAX_LEVEL_COUNT - 1. */
const levels = 8n;

/**
 * Refuses option values that a compaction strategy does not take, in Cassandra's words; which names there are is checked elsewhere. Throws
 * ConfigurationError. Cassandra: the validateOptions of each strategy.
 */
export function checkCompactionOptions(strategy: string, options: Options): void {
  checkEvery(options);
  if (strategy === 'UnifiedCompactionStrategy') checkUnified(options);
  if (strategy === 'LeveledCompactionStrategy') checkLeveled(options);
  if (strategy === 'TimeWindowCompactionStrategy') checkTimeWindow(options);
  if (strategy !== 'UnifiedCompactionStrategy') checkSizeTiered(options);
}

// Cassandra: AbstractCompactionStrategy#validateOptions.
function checkEvery(options: Options): void {
  const threshold = fraction(options, 'tombstone_threshold', 0, 'int (base10)');
  if (threshold < 0) {
    throw refused('tombstone_threshold', `tombstone_threshold must be greater than 0, but was ${threshold.toFixed(6)}`);
  }
  const interval = wholeNumber(options, 'tombstone_compaction_interval', 0n, 64);
  if (interval < 0n) {
    throw refused('tombstone_compaction_interval', `tombstone_compaction_interval must be greater than 0, but was ${interval}`);
  }
  checkBoolean(
    options,
    'unchecked_tombstone_compaction',
    (text) => `'unchecked_tombstone_compaction' should be either 'true' or 'false', not '${text}'`,
  );
  checkBoolean(options, 'log_all', (text) => `'log_all' should either be 'true' or 'false', not ${text}`);
  checkBoolean(options, 'enabled', (text) => `enabled should either be 'true' or 'false', not ${text}`);
}

// Cassandra: SizeTieredCompactionStrategyOptions#validateOptions.
function checkSizeTiered(options: Options): void {
  const size = wholeNumber(options, 'min_sstable_size', 0n, 64);
  if (size < 0n) throw refused('min_sstable_size', `min_sstable_size must be non negative: ${size}`);
  const low = fraction(options, 'bucket_low', 0.5);
  const high = fraction(options, 'bucket_high', 1.5);
  if (high <= low) {
    const message = `bucket_high value (${javaText(high)}) is less than or equal to the bucket_low value (${javaText(low)})`;
    throw refused('bucket_high', message);
  }
}

// Cassandra: LeveledCompactionStrategy#validateOptions.
function checkLeveled(options: Options): void {
  const size = wholeNumber(options, 'sstable_size_in_mb', 1n);
  if (size < 1n) throw refused('sstable_size_in_mb', `sstable_size_in_mb must be larger than 0, but was ${size}`);
  const fanout = wholeNumber(options, 'fanout_size', 10n);
  if (fanout < 1n) throw refused('fanout_size', `fanout_size must be larger than 0, but was ${fanout}`);
  const bytes = fanout ** levels * size * 1024n * 1024n;
  if (bytes > longMax) {
    throw refused(
      'fanout_size',
      `At most ${longMax} bytes may be in a compaction level; your maxSSTableSize must be absurdly high to compute ${bytes}`,
    );
  }
}

// Cassandra: TimeWindowCompactionStrategyOptions#validateOptions.
function checkTimeWindow(options: Options): void {
  checkOneOf(options, 'timestamp_resolution', ['SECONDS', 'MILLISECONDS', 'MICROSECONDS', 'NANOSECONDS']);
  checkOneOf(options, 'compaction_window_unit', ['MINUTES', 'HOURS', 'DAYS']);
  const size = wholeNumber(options, 'compaction_window_size', 1n);
  if (size < 1n) throw refused('compaction_window_size', `${size} must be greater than 1 for compaction_window_size`);
  const frequency = wholeNumber(options, 'expired_sstable_check_frequency_seconds', 600n, 64);
  if (frequency < 0n) {
    const option = 'expired_sstable_check_frequency_seconds';
    throw refused(option, `${option} must not be negative, but was ${frequency}`);
  }
  const option = 'unsafe_aggressive_sstable_expiration';
  checkBoolean(options, option, (text) => `${option} is not 'true' or 'false' (${text})`);
  if (options[option]?.toLowerCase() === 'true') {
    throw refused(
      option,
      `${option} is requested but not allowed, restart cassandra with -Dcassandra.allow_unsafe_aggressive_sstable_expiration=true to allow it. ` +
        'Cassette never allows it, for it loses data: leave the option out here, and set it on the cluster',
    );
  }
}

function checkOneOf(options: Options, option: string, names: readonly string[]): void {
  const text = options[option];
  if (text !== undefined && !names.includes(text)) throw refused(option, `${text} is not valid for ${option}`);
}

/** A double as Java prints it, for the sizes that options have. */
function javaText(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}
