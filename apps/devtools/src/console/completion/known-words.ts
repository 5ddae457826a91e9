// Words that belong to certain places of a statement.

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** What a statement begins with. */
export const statementStarts = [
  ...['SELECT', 'INSERT INTO', 'UPDATE', 'DELETE FROM', 'BEGIN BATCH', 'TRUNCATE', 'USE'],
  ...['CREATE TABLE', 'CREATE KEYSPACE', 'CREATE TYPE', 'ALTER TABLE', 'ALTER KEYSPACE', 'ALTER TYPE'],
  ...['DROP TABLE', 'DROP KEYSPACE', 'DROP TYPE', 'DESCRIBE'],
];

/** What cqlsh's own commands begin with. */
export const commandStarts = words('CLEAR CONSISTENCY COPY EXIT EXPAND HELP HISTORY LOGIN PAGING SERIAL SHOW SOURCE TRACING');

/** What may stand behind a word, whatever comes before it. */
export const following: Readonly<Record<string, readonly string[]>> = {
  CREATE: ['TABLE', 'KEYSPACE', 'TYPE', 'TABLE IF NOT EXISTS', 'KEYSPACE IF NOT EXISTS', 'TYPE IF NOT EXISTS'],
  ALTER: ['TABLE', 'KEYSPACE', 'TYPE'],
  DROP: ['TABLE', 'KEYSPACE', 'TYPE', 'TABLE IF EXISTS', 'KEYSPACE IF EXISTS', 'TYPE IF EXISTS'],
  INSERT: ['INTO'],
  BEGIN: ['BATCH', 'UNLOGGED BATCH', 'COUNTER BATCH'],
  APPLY: ['BATCH'],
  ORDER: ['BY'],
  GROUP: ['BY'],
  PRIMARY: ['KEY'],
  ALLOW: ['FILTERING'],
  CLUSTERING: ['ORDER BY'],
  EXPAND: ['ON', 'OFF'],
  TRACING: ['ON', 'OFF'],
  PAGING: ['ON', 'OFF', '100', '5000'],
  SHOW: ['VERSION', 'HOST'],
  SERIAL: ['CONSISTENCY'],
  CONSISTENCY: words('ONE QUORUM ALL LOCAL_QUORUM LOCAL_ONE EACH_QUORUM TWO THREE ANY SERIAL LOCAL_SERIAL'),
  HELP: words('COPY DESCRIBE EXPAND PAGING TRACING SOURCE CONSISTENCY SHOW HISTORY CLEAR EXIT LOGIN'),
  USING: ['TTL', 'TIMESTAMP'],
};

/** What DESCRIBE describes. */
export const describeTargets = words('CLUSTER KEYSPACES TABLES TYPES SCHEMA KEYSPACE TABLE TYPE FULL');

/** Clauses by what the statement begins with, offered where nothing else is known. */
export const clauses: Readonly<Record<string, readonly string[]>> = {
  SELECT: [
    ...[
      'FROM',
      'WHERE',
      'AND',
      'ORDER BY',
      'GROUP BY',
      'PER PARTITION LIMIT',
      'LIMIT',
      'ALLOW FILTERING',
      'DISTINCT',
      'JSON',
      'AS',
    ],
    ...['IN', 'CONTAINS', 'CONTAINS KEY', 'ASC', 'DESC', 'IS NOT NULL', 'CAST', 'ANN OF'],
  ],
  INSERT: ['VALUES', 'JSON', 'USING TTL', 'USING TIMESTAMP', 'IF NOT EXISTS', 'AND', 'DEFAULT UNSET', 'DEFAULT NULL'],
  UPDATE: ['SET', 'WHERE', 'AND', 'USING TTL', 'USING TIMESTAMP', 'IF EXISTS', 'IF', 'IN'],
  DELETE: ['FROM', 'WHERE', 'AND', 'USING TIMESTAMP', 'IF EXISTS', 'IF', 'IN'],
  CREATE: ['PRIMARY KEY', 'STATIC', 'WITH', 'AND', 'CLUSTERING ORDER BY', 'IF NOT EXISTS', 'MASKED WITH'],
  ALTER: ['ADD', 'DROP', 'RENAME', 'TO', 'WITH', 'AND', 'STATIC', 'IF EXISTS', 'IF NOT EXISTS'],
  DROP: ['IF EXISTS'],
  BEGIN: ['INSERT INTO', 'UPDATE', 'DELETE FROM', 'APPLY BATCH', 'SET', 'WHERE', 'AND', 'VALUES', 'USING TIMESTAMP'],
  COPY: ['FROM', 'TO', 'WITH', 'AND', 'STDIN', 'STDOUT'],
  DESCRIBE: describeTargets,
  DESC: describeTargets,
};

/** Options of tables (Cassandra: TableParams.Option), with a value that may stand there. */
export const tableOptions: Readonly<Record<string, string>> = {
  additional_write_policy: "'99p'",
  allow_auto_snapshot: 'true',
  bloom_filter_fp_chance: '0.01',
  caching: "{'keys': 'ALL', 'rows_per_partition': 'NONE'}",
  cdc: 'false',
  'CLUSTERING ORDER BY': '()',
  comment: "''",
  compaction: "{'class': 'SizeTieredCompactionStrategy'}",
  compression: "{'class': 'LZ4Compressor', 'chunk_length_in_kb': 16}",
  crc_check_chance: '1.0',
  default_time_to_live: '0',
  extensions: '{}',
  gc_grace_seconds: '864000',
  incremental_backups: 'true',
  max_index_interval: '2048',
  memtable: "'default'",
  memtable_flush_period_in_ms: '0',
  min_index_interval: '128',
  read_repair: "'BLOCKING'",
  speculative_retry: "'99p'",
};

/** Options of keyspaces, with a value that may stand there. */
export const keyspaceOptions: Readonly<Record<string, string>> = {
  replication: "{'class': 'SimpleStrategy', 'replication_factor': 1}",
  durable_writes: 'true',
};
