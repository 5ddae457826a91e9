import { describe, expect, test } from 'vitest';
import {
  type CreateKeyspaceStatement,
  type CreateTableStatement,
  type CreateTypeStatement,
  parseStatement,
} from '../language/index.ts';
import { Uuid } from '../values/uuid.ts';
import { createTable } from './create-table.ts';
import { createUserType } from './create-type.ts';
import { KeyspaceMetadata } from './keyspace-metadata.ts';
import { printSchema, printTable } from './print-schema.ts';
import { readKeyspaceParams } from './read-keyspace-params.ts';
import { readTableParams } from './read-table-params.ts';
import { Schema } from './schema.ts';
import { schemaFromJson, schemaToJson } from './schema-json.ts';
import type { TableMetadata } from './table-metadata.ts';

const id = Uuid.parse('6d5ac9a0-bd6d-11ee-a506-0242ac120002');

function keyspaceOf(source: string): KeyspaceMetadata {
  const statement = parseStatement(source) as CreateKeyspaceStatement;
  return new KeyspaceMetadata({ name: statement.keyspace.name, ...readKeyspaceParams(statement.properties, source) });
}

const replicated = "CREATE KEYSPACE ks WITH replication = {'class': 'SimpleStrategy', 'replication_factor': '1'}";
const plain = keyspaceOf(replicated);

function withType(keyspace: KeyspaceMetadata, source: string): KeyspaceMetadata {
  return keyspace.withType(createUserType(parseStatement(source) as CreateTypeStatement, keyspace, source));
}

function tableOf(source: string, keyspace = plain): TableMetadata {
  return createTable(parseStatement(source) as CreateTableStatement, keyspace, id, source);
}

const withPoint = withType(plain, 'CREATE TYPE ks.point (x int, y list<int>)');

test('CREATE TABLE becomes a table with its columns in storage order and ids of their own', () => {
  const table = tableOf(
    'CREATE TABLE ks.t (k1 int, k2 text, c1 int, c2 timestamp, z int, "A" int, m map<text, int>, s int static, ' +
      'PRIMARY KEY ((k1, k2), c1, c2)) WITH CLUSTERING ORDER BY (c1 DESC, c2 ASC) AND gc_grace_seconds = 5',
  );
  const line = (c: TableMetadata['columns'][number]) =>
    `${c.id} ${c.kind} ${c.position} ${c.name} ${c.type}${c.descending ? ' desc' : ''}`;
  expect(table.columns.map(line)).toEqual([
    '0 partition_key 0 k1 int',
    '1 partition_key 1 k2 text',
    '2 clustering 0 c1 int desc',
    '3 clustering 1 c2 timestamp',
    '7 static 0 s int',
    '5 regular 0 A int',
    '4 regular 1 z int',
    '6 regular 2 m map<text, int>',
  ]);
  expect(table.columnsInSelectOrder.map((c) => c.name)).toEqual(['k1', 'k2', 'c1', 'c2', 's', 'A', 'm', 'z']);
  expect([table.nextColumnId, table.params.gcGraceSeconds, table.id.equals(id)]).toEqual([8, 5, true]);
});

test('columns whose names begin outside of ASCII are stored first, and listed first by SELECT *', () => {
  const table = tableOf('CREATE TABLE ks.t (k int PRIMARY KEY, b int, "é" int, "bé" int, a set<int>, "ß" set<int>, c int)');
  expect(table.regularColumns.map((c) => c.name)).toEqual(['é', 'b', 'bé', 'c', 'ß', 'a']);
  expect(table.columnsInSelectOrder.map((c) => c.name)).toEqual(['k', 'ß', 'é', 'a', 'b', 'bé', 'c']);
});

describe('CREATE TABLE is refused', () => {
  const refusals: readonly (readonly [string, string, string])[] = [
    ['a column twice', 'CREATE TABLE t (a int PRIMARY KEY, a int)', "Duplicate column 'a' declaration for table 't'"],
    ['no key', 'CREATE TABLE t (a int)', "No PRIMARY KEY specifed for table 't' (exactly one required)"],
    [
      'two keys',
      'CREATE TABLE t (a int PRIMARY KEY, PRIMARY KEY (a))',
      "Multiple PRIMARY KEY specified for table 't' (exactly one required)",
    ],
    [
      'an unknown key column',
      'CREATE TABLE t (a int, PRIMARY KEY (b))',
      "Unknown column 'b' referenced in PRIMARY KEY for table 't'",
    ],
    [
      'a key column twice',
      'CREATE TABLE t (a int, PRIMARY KEY (a, a))',
      "Duplicate column 'a' in PRIMARY KEY clause for table 't'",
    ],
    [
      'a list as key',
      'CREATE TABLE t (a list<int> PRIMARY KEY)',
      "Invalid non-frozen collection type list<int> for PRIMARY KEY column 'a'",
    ],
    ['a counter as key', 'CREATE TABLE t (a counter PRIMARY KEY)', "counter type is not supported for PRIMARY KEY column 'a'"],
    [
      'a duration in a key',
      'CREATE TABLE t (a frozen<list<duration>> PRIMARY KEY)',
      "duration type is not supported for PRIMARY KEY column 'a'",
    ],
    [
      'a static key column',
      'CREATE TABLE t (a int static, PRIMARY KEY (a))',
      "Static column 'a' cannot be part of the PRIMARY KEY",
    ],
    [
      'a static column without clustering',
      'CREATE TABLE t (a int PRIMARY KEY, b int static)',
      'Static columns are only useful (and thus allowed) if the table has at least one clustering column',
    ],
    [
      'counters beside others',
      'CREATE TABLE t (a int PRIMARY KEY, b counter, c int)',
      'Cannot mix counter and non counter columns in the same table',
    ],
    [
      'counters with a TTL',
      'CREATE TABLE t (a int PRIMARY KEY, b counter) WITH default_time_to_live = 5',
      'Cannot set default_time_to_live on a table with counters',
    ],
    [
      'order of another column',
      'CREATE TABLE t (a int, b int, c int, PRIMARY KEY (a, b)) WITH CLUSTERING ORDER BY (c DESC)',
      'Only clustering key columns can be defined in CLUSTERING ORDER directive: [c] are not clustering columns',
    ],
    [
      'a gap in the order',
      'CREATE TABLE t (a int, b int, c int, PRIMARY KEY (a, b, c)) WITH CLUSTERING ORDER BY (c DESC)',
      'Missing CLUSTERING ORDER for column b',
    ],
    [
      'order turned round',
      'CREATE TABLE t (a int, b int, c int, PRIMARY KEY (a, b, c)) WITH CLUSTERING ORDER BY (c DESC, b ASC)',
      'The order of columns in the CLUSTERING ORDER directive must match that of the clustering columns (b must appear before c)',
    ],
    ['an unknown type', 'CREATE TABLE t (a int PRIMARY KEY, b nope)', 'Unknown type nope'],
    [
      'a type of another keyspace',
      'CREATE TABLE t (a int PRIMARY KEY, b other.point)',
      'Statement on keyspace ks cannot refer to a user type in keyspace other; user types can only be used in the keyspace they are defined in',
    ],
    [
      'a list in a list',
      'CREATE TABLE t (a int PRIMARY KEY, b list<list<int>>)',
      'Non-frozen collections are not allowed inside collections: list<list<int>>',
    ],
    [
      'a UDT in a list',
      'CREATE TABLE t (a int PRIMARY KEY, b list<point>)',
      'Non-frozen UDTs are not allowed inside collections: list<point>',
    ],
    [
      'counters in a list',
      'CREATE TABLE t (a int PRIMARY KEY, b list<counter>)',
      'Counters are not allowed inside collections: list<counter>',
    ],
    [
      'durations in a set',
      'CREATE TABLE t (a int PRIMARY KEY, b set<duration>)',
      'Durations are not allowed inside sets: set<duration>',
    ],
    [
      'a UDT with a list',
      'CREATE TABLE t (a int PRIMARY KEY, b point)',
      'Non-frozen UDTs with nested non-frozen collections are not supported',
    ],
    [
      'a vector without dimension',
      'CREATE TABLE t (a int PRIMARY KEY, b vector<int, 0>)',
      'vectors may only have positive dimensions; given 0',
    ],
    [
      'a long name',
      `CREATE TABLE ${'t'.repeat(223)} (a int PRIMARY KEY)`,
      `ks.${'t'.repeat(223)}: Table name must not be more than 222 characters long (got 223 characters for "${'t'.repeat(223)}")`,
    ],
    [
      'a name with a dash',
      'CREATE TABLE "a-b" (a int PRIMARY KEY)',
      'ks.a-b: Table name must not be empty or not contain non-alphanumeric-underscore characters (got "a-b")',
    ],
  ];
  for (const [what, source, message] of refusals) {
    test(what, () => {
      expect(() => tableOf(source, withPoint)).toThrow(message);
    });
  }
});

describe('options', () => {
  const paramsOf = (options: string) => tableOf(`CREATE TABLE ks.t (k int PRIMARY KEY) WITH ${options}`).params;
  const refusals: readonly (readonly [string, string, string])[] = [
    ['nope = 1', 'SYNTAX_ERROR', "Unknown property 'nope'"],
    ["gc_grace_seconds = 'x'", 'SYNTAX_ERROR', "Invalid integer value x for 'gc_grace_seconds'"],
    ['gc_grace_seconds = {}', 'SYNTAX_ERROR', "Invalid value for property 'gc_grace_seconds'. It should be a string"],
    ["compression = 'x'", 'SYNTAX_ERROR', "Invalid value for property 'compression'. It should be a map."],
    ["cdc = 'maybe'", 'SYNTAX_ERROR', "Invalid boolean value maybe for 'cdc'"],
    ['gc_grace_seconds = -1', 'CONFIGURATION_ERROR', 'gc_grace_seconds must be greater than or equal to 0 (got -1)'],
    ['bloom_filter_fp_chance = 0', 'CONFIGURATION_ERROR', 'bloom_filter_fp_chance must be larger than 6.71E-5'],
    ['default_time_to_live = 630720001', 'CONFIGURATION_ERROR', 'default_time_to_live must be less than or equal to 630720000'],
    [
      "compression = {'class': 'Nope'}",
      'CONFIGURATION_ERROR',
      'Could not create Compression for type org.apache.cassandra.io.compress.Nope',
    ],
    [
      "compression = {'class': 'LZ4Compressor', 'chunk_length_in_kb': 3}",
      'CONFIGURATION_ERROR',
      'chunk_length_in_kb must be a power of 2',
    ],
    [
      "compression = {'class': 'LZ4Compressor', 'lz4_compressor_type': 'slow'}",
      'CONFIGURATION_ERROR',
      "Invalid compressor type 'slow' specified for LZ4 parameter 'lz4_compressor_type'. Valid options are [high, fast].",
    ],
    [
      "compression = {'class': 'LZ4Compressor', 'lz4_compressor_type': 'high', 'lz4_high_compressor_level': 18}",
      'CONFIGURATION_ERROR',
      "Invalid value [18] for parameter 'lz4_high_compressor_level'. Value must be between 1 and 17.",
    ],
    [
      "compression = {'class': 'ZstdCompressor', 'compression_level': 23}",
      'CONFIGURATION_ERROR',
      'ZstdCompressor.create() threw an error: java.lang.IllegalArgumentException compression_level=23 is invalid',
    ],
    [
      "compression = {'class': 'ZstdCompressor', 'compression_level': 'x'}",
      'CONFIGURATION_ERROR',
      'ZstdCompressor.create() threw an error: java.lang.NumberFormatException For input string: "x"',
    ],
    ["compression = {'class': 'LZ4Compressor', 'x': 3}", 'CONFIGURATION_ERROR', 'Unknown compression options x'],
    [
      "compression = {'enabled': false, 'class': 'LZ4Compressor'}",
      'CONFIGURATION_ERROR',
      "If the 'enabled' option is set to false no other options must be specified",
    ],
    [
      "compaction = {'class': 'Nope'}",
      'CONFIGURATION_ERROR',
      "Unable to find compaction strategy class 'org.apache.cassandra.db.compaction.Nope'",
    ],
    [
      "compaction = {'class': 'SizeTieredCompactionStrategy', 'x': 1}",
      'CONFIGURATION_ERROR',
      'Properties specified [x] are not understood by SizeTieredCompactionStrategy',
    ],
    [
      "compaction = {'class': 'SizeTieredCompactionStrategy', 'min_threshold': 40}",
      'CONFIGURATION_ERROR',
      'Min compaction threshold (got 40) cannot be greater than max compaction threshold (got 32)',
    ],
    [
      "caching = {'x': 'ALL'}",
      'CONFIGURATION_ERROR',
      "Invalid caching sub-options [x]: only 'keys' and 'rows_per_partition' are allowed",
    ],
    ["speculative_retry = 'x'", 'CONFIGURATION_ERROR', "Invalid value x for option 'speculative_retry'"],
  ];
  for (const [options, code, message] of refusals) {
    test(`${options} is refused`, () => {
      expect(() => paramsOf(options)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
    });
  }

  test('are read as Cassandra reads them', () => {
    const params = paramsOf(
      "compression = {'class': 'org.apache.cassandra.io.compress.LZ4Compressor', 'chunk_length_in_kb': '64', 'min_compress_ratio': '1.5'} " +
        "AND compaction = {'class': 'LeveledCompactionStrategy'} AND speculative_retry = '99PERCENTILE' AND additional_write_policy = 'min(99p,50ms)'",
    );
    expect([params.compression, params.bloomFilterFpChance, params.speculativeRetry, params.additionalWritePolicy]).toEqual([
      { enabled: true, compressor: 'LZ4Compressor', chunkLength: 65536, minCompressRatio: 1.5, options: {} },
      0.1,
      '99p',
      'MIN(99p,50ms)',
    ]);
    expect(paramsOf("compression = {'enabled': 'false'}").compression.enabled).toBe(false);
    expect(paramsOf('compression = {}').compression.enabled).toBe(false);
  });

  test('ALTER TABLE changes those that it names', () => {
    const table = tableOf("CREATE TABLE ks.t (k int PRIMARY KEY) WITH comment = 'a' AND gc_grace_seconds = 7");
    const source = "ALTER TABLE ks.t WITH comment = 'b'";
    const statement = parseStatement(source) as { action: { properties: CreateTableStatement['properties'] } };
    const { params } = readTableParams(statement.action.properties, source, table.params);
    expect(params).toEqual({ ...table.params, comment: 'b' });
  });

  test('the chance of the bloom filter is what the first compaction strategy asked for', () => {
    const { params } = tableOf("CREATE TABLE ks.t (k int PRIMARY KEY) WITH compaction = {'class': 'LeveledCompactionStrategy'}");
    const source = "ALTER TABLE ks.t WITH compaction = {'class': 'SizeTieredCompactionStrategy'}";
    const statement = parseStatement(source) as { action: { properties: CreateTableStatement['properties'] } };
    expect(
      [params, readTableParams(statement.action.properties, source, params).params].map((p) => p.bloomFilterFpChance),
    ).toEqual([0.1, 0.1]);
  });
});

const survey = (() => {
  const typed = withType(
    withType(plain, 'CREATE TYPE ks.b_point (x int, "Y" int)'),
    'CREATE TYPE ks.a_line (ends list<frozen<b_point>>)',
  );
  const source =
    'CREATE TABLE ks."Survey" (k int, c text, s vector<float, 3> static, line frozen<a_line>, p b_point, t tuple<int, text>, ' +
    "m map<text, frozen<set<int>>>, PRIMARY KEY (k, c)) WITH CLUSTERING ORDER BY (c DESC) AND comment = 'it''s'";
  return typed.withTable(tableOf(source, typed)).withTable(tableOf('CREATE TABLE ks.only (k int PRIMARY KEY, v blob)', typed));
})();

const defaults = `additional_write_policy = '99p'
    AND allow_auto_snapshot = true
    AND bloom_filter_fp_chance = 0.01
    AND caching = {'keys': 'ALL', 'rows_per_partition': 'NONE'}
    AND cdc = false
    AND comment = ''
    AND compaction = {'class': 'org.apache.cassandra.db.compaction.SizeTieredCompactionStrategy', 'max_threshold': '32', 'min_threshold': '4'}
    AND compression = {'chunk_length_in_kb': '16', 'class': 'org.apache.cassandra.io.compress.LZ4Compressor'}
    AND memtable = 'default'
    AND crc_check_chance = 1.0
    AND default_time_to_live = 0
    AND extensions = {}
    AND gc_grace_seconds = 864000
    AND incremental_backups = true
    AND max_index_interval = 2048
    AND memtable_flush_period_in_ms = 0
    AND min_index_interval = 128
    AND read_repair = 'BLOCKING'
    AND speculative_retry = '99p';`;

test('a keyspace is printed as DESCRIBE prints it, types before those made of them', () => {
  expect(
    printSchema(survey),
  ).toBe(`CREATE KEYSPACE ks WITH replication = {'class': 'SimpleStrategy', 'replication_factor': '1'}  AND durable_writes = true;

CREATE TYPE ks.b_point (
    x int,
    "Y" int
);

CREATE TYPE ks.a_line (
    ends list<frozen<b_point>>
);

CREATE TABLE ks.only (
    k int PRIMARY KEY,
    v blob
) WITH ${defaults}

CREATE TABLE ks."Survey" (
    k int,
    c text,
    s vector<float, 3> static,
    line frozen<a_line>,
    t frozen<tuple<int, text>>,
    m map<text, frozen<set<int>>>,
    p b_point,
    PRIMARY KEY (k, c)
) WITH CLUSTERING ORDER BY (c DESC)
    AND ${defaults.replace("comment = ''", "comment = 'it''s'")}
`);
});

test('what is printed makes the same table again', () => {
  for (const table of survey.tables.values()) {
    expect(printTable(tableOf(printTable(table), survey))).toBe(printTable(table));
  }
});

test('internals are the id and the dropped columns', () => {
  const table = tableOf('CREATE TABLE ks.t (k int PRIMARY KEY, v int, w text)');
  const v = table.column('v')!;
  const dropped = table.with({
    columns: table.columns.filter((c) => c.name !== 'v'),
    droppedColumns: new Map([['v', { column: v, droppedTime: 1700n }]]),
  });
  const text = printTable(dropped, { withInternals: true, ifNotExists: true });
  expect(
    text.startsWith(
      `CREATE TABLE IF NOT EXISTS ks.t (\n    k int PRIMARY KEY,\n    w text,\n    v int\n) WITH ID = ${id}\n    AND `,
    ),
  ).toBe(true);
  expect(text.endsWith('\nALTER TABLE ks.t DROP v USING TIMESTAMP 1700;')).toBe(true);
});

test('a schema comes back from its JSON', () => {
  const schema = Schema.empty.withKeyspace(survey);
  const json = JSON.parse(JSON.stringify(schemaToJson(schema)));
  const back = schemaFromJson(json);
  expect(schemaToJson(back)).toEqual(json);
  expect(printSchema(back.keyspace('ks')!)).toBe(printSchema(survey));
  expect(back.tableById(id)?.keyspace).toBe('ks');
});

test('a changed user type is changed wherever it is used', () => {
  const source = 'CREATE TYPE ks.b_point (x int, "Y" int, z int)';
  const changed = withType(survey, source);
  const fields = (name: string) => changed.table('Survey')?.column(name)?.type.marshalName();
  expect(fields('p')).toContain('7a:');
  expect(fields('line')).toContain('7a:');
  expect(changed.table('only')).toBe(survey.table('only'));
});

test('replication is kept as it was given, and refused where Cassandra refuses it', () => {
  const replication = (map: string) => keyspaceOf(`CREATE KEYSPACE k WITH replication = ${map}`).replication;
  expect(replication("{'class': 'NetworkTopologyStrategy', 'dc1': 3}")).toEqual({ class: 'NetworkTopologyStrategy', dc1: '3' });
  expect(replication("{'class': 'org.apache.cassandra.locator.SimpleStrategy'}")).toEqual({
    class: 'SimpleStrategy',
    replication_factor: '1',
  });
  expect(() => replication("{'replication_factor': 1}")).toThrow('Missing replication strategy class');
  expect(() => replication("{'class': 'Nope'}")).toThrow(
    "Unable to find replication strategy class 'org.apache.cassandra.locator.Nope'",
  );
  expect(() => replication("{'class': 'SimpleStrategy', 'replication_factor': 'x'}")).toThrow(
    'Replication factor must be numeric',
  );
  expect(() => keyspaceOf('CREATE KEYSPACE k WITH durable_writes = true')).toThrow("Missing mandatory option 'replication'");
});
