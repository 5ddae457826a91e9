/** Table options as `WITH` gives them; defaults are Cassandra 5.0's. Cassandra: schema.TableParams. */
export interface TableParams {
  readonly comment: string;
  /** Chance of a false positive of the bloom filter, (0, 1]; 1 writes no filter. */
  readonly bloomFilterFpChance: number;
  /** Default TTL in seconds, 0 for none. */
  readonly defaultTimeToLive: number;
  /** Seconds that tombstones are kept. */
  readonly gcGraceSeconds: number;
  readonly minIndexInterval: number;
  readonly maxIndexInterval: number;
  readonly crcCheckChance: number;
  readonly memtableFlushPeriodInMs: number;
  readonly speculativeRetry: string;
  readonly additionalWritePolicy: string;
  readonly readRepair: string;
  readonly cdc: boolean;
  readonly memtable: string;
  readonly allowAutoSnapshot: boolean;
  readonly incrementalBackups: boolean;
  /** `keys` and `rows_per_partition`. */
  readonly caching: Readonly<Record<string, string>>;
  /** `class` (full name) and options. */
  readonly compaction: Readonly<Record<string, string>>;
  readonly compression: CompressionParams;
  /** Extensions, value as hexadecimal digits. */
  readonly extensions: Readonly<Record<string, string>>;
}

/** How Data.db is compressed. Cassandra: schema.CompressionParams. */
export interface CompressionParams {
  readonly enabled: boolean;
  /** Simple class name: `LZ4Compressor`, … */
  readonly compressor: string;
  /** Power of two, bytes. */
  readonly chunkLength: number;
  /** 0: whatever it compresses to is kept. */
  readonly minCompressRatio: number;
  /** Options of the compressor itself. */
  readonly options: Readonly<Record<string, string>>;
}

/** What CREATE TABLE gives without WITH. */
export const defaultTableParams: TableParams = {
  comment: '',
  bloomFilterFpChance: 0.01,
  defaultTimeToLive: 0,
  gcGraceSeconds: 864000,
  minIndexInterval: 128,
  maxIndexInterval: 2048,
  crcCheckChance: 1,
  memtableFlushPeriodInMs: 0,
  speculativeRetry: '99p',
  additionalWritePolicy: '99p',
  readRepair: 'BLOCKING',
  cdc: false,
  memtable: 'default',
  allowAutoSnapshot: true,
  incrementalBackups: true,
  caching: { keys: 'ALL', rows_per_partition: 'NONE' },
  compaction: {
    class: 'org.apache.cassandra.db.compaction.SizeTieredCompactionStrategy',
    max_threshold: '32',
    min_threshold: '4',
  },
  compression: { enabled: true, compressor: 'LZ4Compressor', chunkLength: 16384, minCompressRatio: 0, options: {} },
  extensions: {},
};
