import { describe, expect, test } from 'vitest';
import { ConfigurationError } from '../errors.ts';
import { readCompaction } from './compaction-params.ts';
import { parseBytes, parsePercent } from './option-numbers.ts';
import { parseScalingParameters } from './unified-compaction-options.ts';

/** What is said of the options of a strategy; '' where they are taken. */
function said(strategy: string, options: Record<string, string>): string {
  try {
    readCompaction({ class: `${strategy}CompactionStrategy`, ...options });
    return '';
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as Error).message;
  }
}

describe('options that a strategy does not take are refused as Cassandra refuses them', () => {
  test.each<[string, string, string, string]>([
    ['SizeTiered', 'tombstone_threshold', 'x', 'x is not a parsable int (base10) for tombstone_threshold'],
    ['SizeTiered', 'tombstone_threshold', '-0.5', 'tombstone_threshold must be greater than 0, but was -0.500000'],
    ['SizeTiered', 'tombstone_compaction_interval', '-1', 'tombstone_compaction_interval must be greater than 0, but was -1'],
    [
      'SizeTiered',
      'unchecked_tombstone_compaction',
      'yes',
      "'unchecked_tombstone_compaction' should be either 'true' or 'false', not 'yes'",
    ],
    ['SizeTiered', 'log_all', 'yes', "'log_all' should either be 'true' or 'false', not yes"],
    ['SizeTiered', 'enabled', '1', "enabled should either be 'true' or 'false', not 1"],
    ['SizeTiered', 'min_sstable_size', '50MiB', '50MiB is not a parsable int (base10) for min_sstable_size'],
    ['SizeTiered', 'min_sstable_size', '-5', 'min_sstable_size must be non negative: -5'],
    ['SizeTiered', 'bucket_low', 'low', 'low is not a parsable float for bucket_low'],
    ['SizeTiered', 'bucket_low', '2', 'bucket_high value (1.5) is less than or equal to the bucket_low value (2.0)'],
    ['Leveled', 'sstable_size_in_mb', '0', 'sstable_size_in_mb must be larger than 0, but was 0'],
    ['Leveled', 'sstable_size_in_mb', '1.5', '1.5 is not a parsable int (base10) for sstable_size_in_mb'],
    ['Leveled', 'fanout_size', '0', 'fanout_size must be larger than 0, but was 0'],
    [
      'Leveled',
      'fanout_size',
      '1000',
      'At most 9223372036854775807 bytes may be in a compaction level; your maxSSTableSize must be absurdly high to compute 1048576000000000000000000000000',
    ],
    ['Leveled', 'bucket_high', '0.1', 'bucket_high value (0.1) is less than or equal to the bucket_low value (0.5)'],
    ['TimeWindow', 'timestamp_resolution', 'micros', 'micros is not valid for timestamp_resolution'],
    ['TimeWindow', 'compaction_window_unit', 'SECONDS', 'SECONDS is not valid for compaction_window_unit'],
    ['TimeWindow', 'compaction_window_size', '0', '0 must be greater than 1 for compaction_window_size'],
    [
      'TimeWindow',
      'unsafe_aggressive_sstable_expiration',
      'true',
      'unsafe_aggressive_sstable_expiration is requested but not allowed, restart cassandra with -Dcassandra.allow_unsafe_aggressive_sstable_expiration=true to allow it. Cassette never allows it, for it loses data: leave the option out here, and set it on the cluster',
    ],
    ['Unified', 'scaling_parameters', 'T4, Q', 'Scaling parameter Q must match N|L[0-9]+|T[0-9]+|[+-]?[0-9]+'],
    ['Unified', 'scaling_parameters', 'T1', 'Fan factor cannot be lower than 2 in T1'],
    ['Unified', 'base_shard_count', '0', 'Invalid configuration, base_shard_count should be positive: 0'],
    ['Unified', 'target_sstable_size', '1KiB', 'target_sstable_size 1KiB is not acceptable, size must be at least 1.000MiB'],
    ['Unified', 'max_sstables_to_compact', 'all', 'all is not a parsable int (base10) for max_sstables_to_compact'],
    [
      'Unified',
      'overlap_inclusion_method',
      'some',
      'Invalid overlap inclusion method some. The valid options are [NONE, SINGLE, TRANSITIVE].',
    ],
    [
      'Unified',
      'min_sstable_size',
      '900MiB',
      'Invalid configuration, min_sstable_size (900.000MiB) should be less than 70% of the targetSSTableSize (1.000GiB)',
    ],
    ['Unified', 'sstable_growth', '1.1', 'sstable_growth 1.1 must be between 0 and 1'],
    [
      'Unified',
      'expired_sstable_check_frequency_seconds',
      '0',
      'Invalid configuration, expired_sstable_check_frequency_seconds should be positive: 0',
    ],
  ])('%s: %s = %s', (strategy, option, value, message) => {
    expect(said(strategy, { [option]: value })).toBe(message);
  });
});

test.each<[string, Record<string, string>]>([
  [
    'SizeTiered',
    { min_sstable_size: '1024', bucket_low: '0.1', bucket_high: '1e1', tombstone_threshold: '.3', enabled: 'FALSE' },
  ],
  ['Leveled', { sstable_size_in_mb: '64', fanout_size: '4', single_sstable_uplevel: 'true' }],
  ['TimeWindow', { compaction_window_unit: 'HOURS', compaction_window_size: '6', timestamp_resolution: 'MILLISECONDS' }],
  [
    'Unified',
    { scaling_parameters: 'T8, N, L4, -2', target_sstable_size: '256MiB', min_sstable_size: '0B', sstable_growth: '33.3%' },
  ],
])('%s takes what it understands', (strategy, options) => {
  expect(said(strategy, options)).toBe('');
});

test('sizes and shares are read as Cassandra reads them', () => {
  expect(['1MiB', '1.5 KiB', '2*2^20B', '7B', '-1GiB'].map(parseBytes)).toEqual([1048576, 1536, 2097152, 7, -(2 ** 30)]);
  for (const wrong of ['1MB2', '1', 'MiB', '1kB', '1 MiBB']) expect(() => parseBytes(wrong)).toThrow(RangeError);
  expect(['0.25', ' 25% ', '1'].map(parsePercent)).toEqual([0.25, 0.25, 1]);
  expect(() => parsePercent('a')).toThrow(RangeError);
});

test('scaling parameters are read by letter or as they are', () => {
  expect(parseScalingParameters('T4, L4, N, -3, 0')).toEqual([2, -2, 0, -3, 0]);
});
