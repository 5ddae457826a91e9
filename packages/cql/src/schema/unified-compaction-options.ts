import { checkBoolean, type Options, parseBytes, parsePercent, refused, wholeNumber } from './option-numbers.ts';

const mebibyte = 2 ** 20;

/**
 * W of each level: `T4` is 2, `L10` is -8, `N` is 0, and a number is itself; the last counts for all higher levels. Throws
 * ConfigurationError. Cassandra: Controller#parseScalingParameters.
 */
export function parseScalingParameters(text: string): number[] {
  return text.split(',').map((one) => {
    const value = one.trim();
    const [, none, leveled, tiered, number] = /^(?:(N)|L(\d+)|T(\d+)|([+-]?\d+))$/.exec(value) ?? [];
    if (none !== undefined) return 0;
    if (number !== undefined) return Number(number);
    const fanout = Number(leveled ?? tiered);
    if (Number.isNaN(fanout)) {
      throw refused('scaling_parameters', `Scaling parameter ${value} must match N|L[0-9]+|T[0-9]+|[+-]?[0-9]+`);
    }
    if (fanout < 2) throw refused('scaling_parameters', `Fan factor cannot be lower than 2 in ${value}`);
    return leveled === undefined ? fanout - 2 : 2 - fanout;
  });
}

/** Refuses options that the unified strategy does not take. Throws ConfigurationError. Cassandra: Controller#validateOptions. */
export function checkUnified(options: Options): void {
  if (options['scaling_parameters'] !== undefined) parseScalingParameters(options['scaling_parameters']);
  const shards = wholeNumber(options, 'base_shard_count', 4n);
  if (shards <= 0n) {
    throw refused('base_shard_count', `Invalid configuration, base_shard_count should be positive: ${shards}`);
  }
  const target = sizeOf(options, 'target_sstable_size') ?? 2 ** 30;
  if (target >= 2 ** 63) {
    throw refused('target_sstable_size', `target_sstable_size ${options['target_sstable_size']} is out of range of Long.`);
  }
  checkLeast(options, 'target_sstable_size', target);
  checkLeast(options, 'flush_size_override', sizeOf(options, 'flush_size_override') ?? mebibyte);
  wholeNumber(options, 'max_sstables_to_compact', 0n);
  checkFrequency(options);
  checkBoolean(
    options,
    'unsafe_aggressive_sstable_expiration',
    (text) => `unsafe_aggressive_sstable_expiration should either be 'true' or 'false', not ${text}`,
  );
  const method = options['overlap_inclusion_method'];
  if (method !== undefined && !/^(none|single|transitive)$/i.test(method)) {
    throw refused(
      'overlap_inclusion_method',
      `Invalid overlap inclusion method ${method}. The valid options are [NONE, SINGLE, TRANSITIVE].`,
    );
  }
  checkMinimum(options, Math.ceil(target));
  checkGrowth(options);
}

function checkFrequency(options: Options): void {
  const option = 'expired_sstable_check_frequency_seconds';
  const text = options[option];
  if (text === undefined) return;
  if (!/^[+-]?\d{1,18}$/.test(text)) throw refused(option, `${text} is not a parsable long (base10) for ${option}`);
  if (BigInt(text.replace('+', '')) <= 0n) {
    throw refused(option, `Invalid configuration, ${option} should be positive: ${BigInt(text.replace('+', ''))}`);
  }
}

function checkLeast(options: Options, option: string, bytes: number): void {
  if (bytes < mebibyte) {
    throw refused(option, `${option} ${options[option]} is not acceptable, size must be at least 1.000MiB`);
  }
}

function checkMinimum(options: Options, target: number): void {
  const option = 'min_sstable_size';
  const text = options[option];
  if (text === undefined) return;
  let bytes: number;
  try {
    bytes = Math.trunc(parseBytes(text));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw refused(option, `${text} is not a valid size in bytes for ${option}`);
  }
  if (bytes < 0) throw refused(option, `Invalid configuration, ${option} should be greater than or equal to 0 (zero)`);
  if (bytes < Math.ceil(target * Math.sqrt(0.5))) return;
  throw refused(
    option,
    `Invalid configuration, ${option} (${printBytes(bytes)}) should be less than 70% of the targetSSTableSize (${printBytes(target)})`,
  );
}

function checkGrowth(options: Options): void {
  const text = options['sstable_growth'];
  if (text === undefined) return;
  let growth: number;
  try {
    growth = parsePercent(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw refused('sstable_growth', `sstable_growth is not a valid number between 0 and 1: ${error.message}`);
  }
  if (growth < 0 || growth > 1) throw refused('sstable_growth', `sstable_growth ${text} must be between 0 and 1`);
}

function sizeOf(options: Options, option: string): number | undefined {
  const text = options[option];
  if (text === undefined) return undefined;
  try {
    return parseBytes(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw refused(option, `${option} ${text} is not a valid size in bytes: ${error.message}`);
  }
}

/** Bytes as FBUtilities#prettyPrintMemory prints them. */
function printBytes(bytes: number): string {
  const power = bytes === 0 ? 0 : Math.floor(Math.log2(Math.abs(bytes)) / 10);
  return power <= 0 ? `${bytes}B` : `${(bytes / 1024 ** power).toFixed(3)}${'KMGTPE'[power - 1]}iB`;
}
