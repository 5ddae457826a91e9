import { ConfigurationError } from '../errors.ts';
import type { Property } from '../language/ast/index.ts';
import { Uuid } from '../values/uuid.ts';
import { readCompaction } from './compaction-params.ts';
import { readCompression } from './compression-params.ts';
import { Properties } from './properties.ts';
import { readRetryPolicy } from './retry-policy.ts';
import { defaultTableParams, type TableParams } from './table-params.ts';

/** Every option of a table in 5.0. Cassandra: TableParams.Option and `id`. */
const known = [
  'additional_write_policy',
  'allow_auto_snapshot',
  'auto_repair',
  'bloom_filter_fp_chance',
  'caching',
  'cdc',
  'comment',
  'compaction',
  'compression',
  'crc_check_chance',
  'default_time_to_live',
  'extensions',
  'gc_grace_seconds',
  'id',
  'incremental_backups',
  'max_index_interval',
  'memtable',
  'memtable_flush_period_in_ms',
  'min_index_interval',
  'read_repair',
  'speculative_retry',
];

/** Cassandra's Attributes.MAX_TTL: 20 years, in seconds. */
export const maxTtl = 630720000;

/** Memtable configurations that the cassandra.yaml of Cassandra 5.0 has; others are known to nodes that were told of them. */
const memtableConfigurations = new Set(['default', 'skiplist', 'trie']);

// The least chance that Cassandra's table of bloom filters reaches.
const minBloomFilterFpChance = 6.71e-5;

/** What WITH says of a table. */
export interface TableOptions {
  readonly params: TableParams;
  /** Of `ID = …`: what DESCRIBE … WITH INTERNALS prints. */
  readonly id: Uuid | null;
}

/**
 * Reads the options of CREATE TABLE or, on top of what a table has (`previous`), of ALTER TABLE. Throws CqlSyntaxError for unknown
 * options and for values of the wrong kind, ConfigurationError for values out of range. Cassandra: TableAttributes, TableParams#validate.
 */
export function readTableParams(properties: readonly Property[], source: string, previous?: TableParams): TableOptions {
  const given = new Properties(properties, known, source);
  const base = previous ?? defaultTableParams;
  if (previous !== undefined && given.has('id')) throw given.invalid('id', 'Cannot alter table id.');
  if (given.has('auto_repair')) {
    throw given.invalid(
      'auto_repair',
      'auto_repair option is not supported unless auto-repair is enabled with -Dcassandra.autorepair.enable=true',
    );
  }
  const compaction = given.reading('compaction', () => readCompaction(given.map('compaction'))) ?? base.compaction;
  const params: TableParams = {
    comment: given.string('comment') ?? base.comment,
    bloomFilterFpChance:
      // A new table's follows from its compaction strategy; ALTER leaves it, whoever chose it.
      given.double('bloom_filter_fp_chance') ?? previous?.bloomFilterFpChance ?? chanceOf(compaction),
    defaultTimeToLive: given.int('default_time_to_live') ?? base.defaultTimeToLive,
    gcGraceSeconds: given.int('gc_grace_seconds') ?? base.gcGraceSeconds,
    minIndexInterval: given.int('min_index_interval') ?? base.minIndexInterval,
    maxIndexInterval: given.int('max_index_interval') ?? base.maxIndexInterval,
    crcCheckChance: given.double('crc_check_chance') ?? base.crcCheckChance,
    memtableFlushPeriodInMs: given.int('memtable_flush_period_in_ms') ?? base.memtableFlushPeriodInMs,
    speculativeRetry:
      given.reading('speculative_retry', () => readRetryPolicy(given.string('speculative_retry'))) ?? base.speculativeRetry,
    additionalWritePolicy:
      given.reading('additional_write_policy', () => readRetryPolicy(given.string('additional_write_policy'))) ??
      base.additionalWritePolicy,
    readRepair: given.reading('read_repair', () => readRepairOf(given.string('read_repair'))) ?? base.readRepair,
    cdc: given.boolean('cdc') ?? base.cdc,
    memtable: given.string('memtable') ?? base.memtable,
    allowAutoSnapshot: given.boolean('allow_auto_snapshot') ?? base.allowAutoSnapshot,
    incrementalBackups: given.boolean('incremental_backups') ?? base.incrementalBackups,
    caching: given.reading('caching', () => readCaching(given.map('caching'))) ?? base.caching,
    compaction,
    compression: given.reading('compression', () => readCompression(given.map('compression'))) ?? base.compression,
    extensions: base.extensions,
  };
  validate(params, given);
  const id = given.string('id');
  return { params, id: id === undefined ? null : given.reading('id', () => readId(id)) };
}

function chanceOf(compaction: Readonly<Record<string, string>>): number {
  return compaction.class.endsWith('.LeveledCompactionStrategy') ? 0.1 : 0.01;
}

function readId(text: string): Uuid {
  try {
    return Uuid.parse(text);
  } catch (cause) {
    const error = new ConfigurationError('Invalid table id: expected the text of a UUID', undefined, { id: text });
    error.cause = cause;
    throw error;
  }
}

function readRepairOf(text: string | undefined): string | undefined {
  const value = text?.toUpperCase();
  if (value !== undefined && value !== 'NONE' && value !== 'BLOCKING') {
    throw new ConfigurationError(`Invalid value ${text} for option 'read_repair': only 'NONE' and 'BLOCKING' are allowed`);
  }
  return value;
}

function readCaching(map: Record<string, string> | undefined): Readonly<Record<string, string>> | undefined {
  if (map === undefined) return undefined;
  const { keys = 'NONE', rows_per_partition: rows = 'NONE', ...others } = map;
  const unknown = Object.keys(others);
  if (unknown.length > 0) {
    throw new ConfigurationError(
      `Invalid caching sub-options [${unknown.join(', ')}]: only 'keys' and 'rows_per_partition' are allowed`,
      undefined,
      { option: unknown[0] },
    );
  }
  if (!/^(all|none)$/i.test(keys)) {
    throw new ConfigurationError(
      `Invalid value '${keys}' for caching sub-option 'keys': only 'ALL' and 'NONE' are allowed`,
      undefined,
      {
        option: 'keys',
      },
    );
  }
  if (!/^(all|none|\d+)$/i.test(rows)) {
    throw new ConfigurationError(
      `Invalid value '${rows}' for caching sub-option 'rows_per_partition': only 'ALL', 'NONE', and integer values are allowed`,
      undefined,
      { option: 'rows_per_partition' },
    );
  }
  return { keys: keys.toUpperCase(), rows_per_partition: Number(rows) === 0 ? 'NONE' : rows.toUpperCase() };
}

function validate(params: TableParams, given: Properties): void {
  const fail = (message: string, name = message.slice(0, message.indexOf(' '))): never => {
    throw given.invalid(name, message);
  };
  const chance = params.bloomFilterFpChance;
  if (chance <= minBloomFilterFpChance || chance > 1) {
    fail(`bloom_filter_fp_chance must be larger than 6.71E-5 and less than or equal to 1.0 (got ${chance})`);
  }
  if (params.crcCheckChance < 0 || params.crcCheckChance > 1) {
    fail(`crc_check_chance must be larger than or equal to 0 and smaller than or equal to 1.0 (got ${params.crcCheckChance})`);
  }
  if (params.defaultTimeToLive < 0) {
    fail(`default_time_to_live must be greater than or equal to 0 (got ${params.defaultTimeToLive})`);
  }
  if (params.defaultTimeToLive > maxTtl) {
    fail(`default_time_to_live must be less than or equal to ${maxTtl} (got ${params.defaultTimeToLive})`);
  }
  if (params.gcGraceSeconds < 0) fail(`gc_grace_seconds must be greater than or equal to 0 (got ${params.gcGraceSeconds})`);
  if (params.minIndexInterval < 1) fail(`min_index_interval must be greater than or equal to 1 (got ${params.minIndexInterval})`);
  if (params.maxIndexInterval < params.minIndexInterval) {
    fail(
      `max_index_interval must be greater than or equal to min_index_interval (${params.minIndexInterval}) (got ${params.maxIndexInterval})`,
      given.has('max_index_interval') ? 'max_index_interval' : 'min_index_interval',
    );
  }
  if (!memtableConfigurations.has(params.memtable)) {
    fail(
      `Memtable configuration "${params.memtable}" not found: use 'default', 'skiplist' or 'trie', as cassandra.yaml has them`,
      'memtable',
    );
  }
  if (params.memtableFlushPeriodInMs < 0) {
    fail(`memtable_flush_period_in_ms must be greater than or equal to 0 (got ${params.memtableFlushPeriodInMs})`);
  }
}
