import { seededRandom } from '@cassette/storage/testing';
import { describe, expect, test } from 'vitest';
import { testDatabase } from './testing/test-database.ts';
import { expectRefusal, SCHEMA, wrongStatements } from './testing/wrong-statements.ts';

const DATA = `
INSERT INTO t (k, c1, c2, v) VALUES (1, 2, 'x', 3) USING TTL ‸-1
  INVALID_REQUEST A TTL must be greater or equal to 0, but was -1
INSERT INTO t (k, c1, c2, v)⏎VALUES (1, 2, 'x', 3)⏎USING TTL ‸630720001
  INVALID_REQUEST ttl is too large. requested (630720001) maximum (630720000)
INSERT INTO t (k, c1, c2, v) VALUES (1, 2, 'x', 3) USING TTL ‸630000000
  INVALID_REQUEST Request on table ks.t with ttl of 630000000 seconds exceeds maximum supported expiration date of 2038-01-19T03:14:06+00:00. In order to avoid this use a lower TTL
INSERT INTO t (k, c1, c2, v) VALUES (1, 2, 'x', 3) USING TIMESTAMP ‸-9223372036854775808
  INVALID_REQUEST Invalid timestamp -9223372036854775808: it is kept for what has no timestamp. The least one is -9223372036854775807
INSERT INTO t (k, c1, c2, v) VALUES (1, 2, 'x', 3) USING TIMESTAMP ‸? | [null]
  INVALID_REQUEST Invalid null value of timestamp: give microseconds, or leave it unset
INSERT INTO t (k, c1, c2, v) VALUES (1, 2, 'x', 3) USING TTL ‸? | [-5]
  INVALID_REQUEST A TTL must be greater or equal to 0, but was -5
INSERT INTO t (k, c1, c2) VALUES (‸null, 2, 'x')
  INVALID_REQUEST Invalid null value in condition for column k of type int: what is part of the primary key must have a value
INSERT INTO t (k, c1, c2) VALUES (1, ‸null, 'x')
  INVALID_REQUEST Invalid null value in condition for column c1 of type int: what is part of the primary key must have a value
INSERT INTO t (k, c1, c2) VALUES (?, ‸?, ?) | [1, null, "x"]
  INVALID_REQUEST Invalid null value in condition for column c1 of type int: what is part of the primary key must have a value
INSERT INTO t (k, c1, c2) VALUES (‸?, ?, ?) | ["$unset", 1, "x"]
  INVALID_REQUEST Invalid unset value for column k of type int: what is part of the primary key must have a value
INSERT INTO t (k, c1, c2, v)⏎VALUES (?, ?, ?,⏎  ‸?) | [1, 1, "x", "no"]
  INVALID_REQUEST Invalid value for v of type int…
INSERT INTO t (k, c1, c2, v) VALUES (1, 2, 'x', ‸'three')
  INVALID_REQUEST Invalid STRING constant (three) for "v" of type int
INSERT INTO t (k, c1, c2, w) VALUES (1, 2, 'x', ‸5)
  INVALID_REQUEST Invalid INTEGER constant (5) for "w" of type text
INSERT INTO t (k, c1, c2, l) VALUES (1, 2, 'x', [1, ‸'b'])
  INVALID_REQUEST Invalid list literal for l: value 'b' is not of type int
INSERT INTO t (k, c1, c2, l) VALUES (1, 2, 'x', [1, ‸null])
  INVALID_REQUEST null is not supported inside collections: leave the element out
INSERT INTO t (k, c1, c2, l) VALUES (1, 2, 'x', [1, ‸?]) | [null]
  INVALID_REQUEST Invalid list literal for l: bind variables are not supported inside collection literals. Bind the whole list
INSERT INTO t (k, c1, c2, m) VALUES (1, 2, 'x', ‸[1])
  INVALID_REQUEST Invalid list literal for m of type map<text, int>
INSERT INTO t (k, c1, c2, a) VALUES (1, 2, 'x', {‸town: 'B'})
  INVALID_REQUEST Unknown field 'town' in value of user defined type address
INSERT INTO t (k, c1, c2, vec) VALUES (1, 2, 'x', ‸[1])
  INVALID_REQUEST Invalid vector literal for vec of type vector<float, 2>; expected 2 elements, but given 1
INSERT INTO t (k, c1, c2, tp) VALUES (1, 2, 'x', ‸(1, 'a', 2))
  INVALID_REQUEST Invalid tuple literal for tp: too many elements. Type frozen<tuple<int, text>> expects 2 but got 3
INSERT INTO t (k, c1, c2, ‸nope) VALUES (1, 2, 'x', 1)
  INVALID_REQUEST Undefined column name nope in table ks.t
INSERT INTO t (k, c1, c2, ‸v) VALUES (1, 2, 'x')
  INVALID_REQUEST Unmatched column names/values: 4 columns are named and 3 values given
INSERT INTO t (k, c1, c2, v, ‸v) VALUES (1, 2, 'x', 1, 1)
  INVALID_REQUEST The column names contains duplicates: v
INSERT INTO t (‸c1, c2, v) VALUES (2, 'x', 1)
  INVALID_REQUEST Some partition key parts are missing: k. Give them values
INSERT INTO t (‸k, c1, v) VALUES (1, 2, 1)
  INVALID_REQUEST Some clustering keys are missing: c2. Give them values
INSERT INTO t (k, c1, c2, v) VALUES (1, 2, 'x', ‸sqrt(2))
  INVALID_REQUEST Unknown function 'sqrt'
INSERT INTO t (k, c1, c2, v) VALUES (1, 2, 'x', ‸now())
  INVALID_REQUEST Type error: cannot assign result of now() (type timeuuid) to v (type int)
INSERT INTO t (k, c1, c2) VALUES (1, 2, 'x') IF NOT EXISTS USING TIMESTAMP ‸5
  INVALID_REQUEST Cannot provide custom timestamp for conditional updates
INSERT INTO plain (k, v) VALUES (?, ‸?) | [1]
  INVALID_REQUEST Invalid amount of bind variables: the statement has 2 bind markers, 1 values were given
INSERT INTO plain (k, v) VALUES (:a, ‸:b) | {"a": 1}
  INVALID_REQUEST No value was given for the bind marker b of type int: give null for none
INSERT INTO text_key (k) VALUES (‸'')
  INVALID_REQUEST Key may not be empty
UPDATE t SET v = 1 WHERE ‸c1 = 1 AND c2 = 'x'
  INVALID_REQUEST Some partition key parts are missing: k. Restrict them by = or IN
UPDATE t SET v = 1⏎WHERE ‸k = 1⏎AND c1 = 1
  INVALID_REQUEST Some clustering keys are missing: c2. Restrict them by = or IN
UPDATE t SET v = 1 WHERE k = 1 AND c1 = 1 AND ‸c2 > 'a'
  INVALID_REQUEST Slice restrictions are not supported on the clustering columns in UPDATE statements
UPDATE t SET v = 1 WHERE k = 1 AND c1 = 1 AND c2 = 'x'⏎  AND ‸v = 1
  INVALID_REQUEST Non PRIMARY KEY columns found in where clause: v. UPDATE goes by the primary key; IF tests other columns
UPDATE t SET ‸c1 = 1 WHERE k = 1 AND c1 = 1 AND c2 = 'x'
  INVALID_REQUEST PRIMARY KEY part c1 found in SET part
UPDATE t SET s = 1 WHERE k = 1 AND ‸c1 = 1
  INVALID_REQUEST Invalid restrictions on clustering columns since the UPDATE statement modifies only static columns
UPDATE t SET ‸v = v + 1 WHERE k = 1 AND c1 = 1 AND c2 = 'x'
  INVALID_REQUEST Invalid operation (v = v + 1) for non counter column v
UPDATE t SET l[‸5] = 1 WHERE k = 1 AND c1 = 1 AND c2 = 'x'
  INVALID_REQUEST Attempted to set an element on a list which is null
UPDATE t SET m[‸?] = 1 WHERE k = 1 AND c1 = 1 AND c2 = 'x' | [null]
  INVALID_REQUEST Invalid null value for map key
UPDATE t SET v = 1 WHERE k = ‸? AND c1 = 1 AND c2 = 'x' | [null]
  INVALID_REQUEST Invalid null value in condition for column k of type int: what is part of the primary key must have a value
UPDATE t SET v = 1 WHERE ‸token(k) = 1 AND c1 = 1 AND c2 = 'x'
  INVALID_REQUEST The token function cannot be used in WHERE clauses for UPDATE statements
UPDATE t SET v = 1 WHERE k = 1 AND ‸c1 IN (1, 2) AND c2 = 'x' IF v = 1
  INVALID_REQUEST IN on the clustering key columns is not supported with conditional updates
UPDATE t SET v = 1 WHERE k = 1 AND c1 = 1 AND c2 = 'x' IF ‸c1 = 1
  INVALID_REQUEST PRIMARY KEY column 'c1' cannot have IF conditions
UPDATE t SET v = 1 WHERE k = 1 AND c1 = 1 AND c2 = 'x' IF v > ‸null
  INVALID_REQUEST Invalid comparison with null for operator ">"
DELETE FROM t WHERE ‸c1 = 1
  INVALID_REQUEST Some partition key parts are missing: k. Restrict them by = or IN
DELETE FROM t⏎ WHERE k = 1⏎   AND ‸v = 1
  INVALID_REQUEST Non PRIMARY KEY columns found in where clause: v. DELETE goes by the primary key; IF tests other columns
DELETE FROM two WHERE ‸a = 1 AND c = 2
  INVALID_REQUEST Some partition key parts are missing: b. Restrict them by = or IN
DELETE ‸c1 FROM t WHERE k = 1
  INVALID_REQUEST Invalid identifier c1 for deletion (should not be a PRIMARY KEY part)
DELETE ‸v FROM t WHERE k = 1
  INVALID_REQUEST Range deletions are not supported for specific columns: restrict c1, c2 by = or IN, or delete whole rows
DELETE FROM t WHERE ‸k > 1
  INVALID_REQUEST Only EQ and IN relation are supported on the partition key (unless you use the token() function) for DELETE statements
BEGIN BATCH⏎  INSERT INTO plain (k, v) VALUES (1, 1);⏎  INSERT INTO plain (k, v) VALUES (‸null, 1);⏎APPLY BATCH
  INVALID_REQUEST Invalid null value in condition for column k of type int: what is part of the primary key must have a value
BEGIN BATCH⏎  UPDATE plain SET v = 1 WHERE k = 1;⏎  UPDATE plain SET v = ‸? WHERE k = 2;⏎APPLY BATCH | ["x"]
  INVALID_REQUEST Invalid value for v of type int…
BEGIN BATCH USING TIMESTAMP 1⏎  ‸INSERT INTO plain (k, v) VALUES (1, 1) USING TIMESTAMP 2;⏎APPLY BATCH
  INVALID_REQUEST Timestamp must be set either on BATCH or individual statements
BEGIN BATCH USING TTL ‸5 INSERT INTO plain (k, v) VALUES (1, 1); APPLY BATCH
  INVALID_REQUEST Global TTL on the BATCH statement is not supported. Give it to the statements in it
BEGIN BATCH⏎  INSERT INTO plain (k) VALUES (1) IF NOT EXISTS;⏎  ‸INSERT INTO plain (k) VALUES (2);⏎APPLY BATCH
  INVALID_REQUEST Batch with conditions cannot span multiple partitions
BEGIN BATCH⏎  INSERT INTO plain (k) VALUES (1) IF NOT EXISTS;⏎  ‸DELETE FROM two WHERE a = 1 AND b = 1;⏎APPLY BATCH
  INVALID_REQUEST Batch with conditions cannot span multiple tables
SELECT * FROM t LIMIT ‸0
  INVALID_REQUEST LIMIT must be strictly positive, but was 0: leave it out for all rows
SELECT * FROM t LIMIT ‸? | [-1]
  INVALID_REQUEST LIMIT must be strictly positive, but was -1: leave it out for all rows
SELECT * FROM t⏎PER PARTITION LIMIT ‸-1
  INVALID_REQUEST PER PARTITION LIMIT must be strictly positive, but was -1: leave it out for all rows
SELECT * FROM t WHERE ‸v = 1
  INVALID_REQUEST Cannot execute this query as it might involve data filtering and thus may have unpredictable performance. If you want to execute this query despite the performance unpredictability, use ALLOW FILTERING
SELECT * FROM t WHERE ‸c1 = 1
  INVALID_REQUEST Cannot execute this query as it might involve data filtering and thus may have unpredictable performance. If you want to execute this query despite the performance unpredictability, use ALLOW FILTERING
SELECT * FROM two WHERE ‸a = 1
  INVALID_REQUEST Cannot execute this query as it might involve data filtering and thus may have unpredictable performance. If you want to execute this query despite the performance unpredictability, use ALLOW FILTERING
SELECT *⏎FROM t⏎WHERE k = 1 AND ‸c2 = 'x'
  INVALID_REQUEST PRIMARY KEY column "c2" cannot be restricted as preceding column "c1" is not restricted
SELECT * FROM t WHERE k = 1 AND c1 > 1 AND ‸c2 = 'x'
  INVALID_REQUEST Clustering column "c2" cannot be restricted (preceding column "c1" is restricted by a non-EQ relation)
SELECT * FROM t WHERE k = 1 AND c1 = 1 AND c2 = 'x' AND ‸v = 1
  INVALID_REQUEST Cannot execute this query as it might involve data filtering and thus may have unpredictable performance. If you want to execute this query despite the performance unpredictability, use ALLOW FILTERING
SELECT * FROM t WHERE k = 1 AND ‸k = 2
  INVALID_REQUEST k cannot be restricted by more than one relation if it includes an Equal
SELECT * FROM t WHERE v = ‸? ALLOW FILTERING | [null]
  INVALID_REQUEST Unsupported null value for column v of type int
SELECT * FROM t WHERE st CONTAINS ‸? ALLOW FILTERING | [null]
  INVALID_REQUEST Unsupported null value for column st of type set<text>
SELECT * FROM t WHERE k IN ‸? | [[1, null]]
  INVALID_REQUEST Invalid value for in(k) of type frozen<list<int>>…
SELECT * FROM t WHERE k = 1 AND (c1, c2) > ‸? | [[1, null]]
  INVALID_REQUEST Invalid null value in condition for column c2 of type text: what is part of the primary key must have a value
SELECT * FROM t WHERE k = 1 AND (c1, c2) = ‸(1)
  INVALID_REQUEST Expected 2 elements in value tuple, but got 1: (1)
SELECT * FROM t WHERE token(k) > ‸token(1, 2)
  INVALID_REQUEST Invalid number of arguments in call to function token: 1 required but 2 provided
SELECT * FROM t WHERE ‸l = [1]
  INVALID_REQUEST Collection column 'l' (list<int>) cannot be restricted by a '=' relation
SELECT s FROM t WHERE k = 1 AND ‸c1 = 1
  INVALID_REQUEST Cannot restrict clustering columns when selecting only static columns
SELECT k, ‸nope FROM t
  INVALID_REQUEST Undefined column name nope in table ks.t
SELECT ‸sqrt(v) FROM t
  INVALID_REQUEST Unknown function 'sqrt'
SELECT ‸writetime(c1) FROM t
  INVALID_REQUEST Cannot use selection function writetime on PRIMARY KEY part c1
SELECT ‸cast(w AS int) FROM t
  INVALID_REQUEST w cannot be cast to int
SELECT k, max(v)⏎FROM t⏎GROUP BY ‸v
  INVALID_REQUEST Group by is currently only supported on the columns of the PRIMARY KEY, got v
SELECT k, max(v) FROM t GROUP BY k, ‸c2
  INVALID_REQUEST Group by currently only support groups of columns following their declared order in the PRIMARY KEY
SELECT * FROM t ORDER BY ‸c1
  INVALID_REQUEST ORDER BY is only supported when the partition key is restricted by an EQ or an IN.
SELECT * FROM t WHERE k = 1 ORDER BY ‸v
  INVALID_REQUEST Order by is currently only supported on the clustered columns of the PRIMARY KEY, got v
SELECT * FROM t WHERE k = 1 ORDER BY ‸c2
  INVALID_REQUEST Order by currently only supports the ordering of columns following their declared order in the PRIMARY KEY
SELECT DISTINCT ‸v FROM t
  INVALID_REQUEST SELECT DISTINCT queries must only request partition key columns and/or static columns (not v)
SELECT DISTINCT k FROM t WHERE ‸k = 1 AND c1 = 1
  INVALID_REQUEST SELECT DISTINCT with WHERE clause only supports restriction by partition key and/or static columns.
SELECT v FROM t WHERE k = 1 PER PARTITION LIMIT 2 LIMIT ‸? | [null]
  INVALID_REQUEST Invalid null value of limit: give a number, or leave LIMIT out for all rows
SELECT max(v) FROM t PER PARTITION LIMIT ‸1
  INVALID_REQUEST PER PARTITION LIMIT is not allowed with aggregate queries.
SELECT * FROM t WHERE k IN (1, ‸?) | [null]
  INVALID_REQUEST Invalid null value in condition for column k of type int: what is part of the primary key must have a value
SELECT * FROM ‸nope
  INVALID_REQUEST table nope does not exist in keyspace ks
SELECT * FROM ‸other.t
  INVALID_REQUEST keyspace other does not exist
`;

const SCHEMA_CHANGES = `
CREATE TABLE ‸t (k int PRIMARY KEY)
  ALREADY_EXISTS Cannot add already existing table "t" to keyspace "ks". IF NOT EXISTS leaves it as it is
CREATE KEYSPACE ‸ks WITH replication = {'class': 'SimpleStrategy'}
  ALREADY_EXISTS Cannot add existing keyspace "ks". IF NOT EXISTS leaves it as it is
CREATE KEYSPACE ‸"a-b" WITH replication = {'class': 'SimpleStrategy'}
  INVALID_REQUEST Keyspace name must not be empty and must contain alphanumeric or underscore characters only (got "a-b")
DROP TABLE IF EXISTS ‸"a b".t
  INVALID_REQUEST Keyspace name must not be empty and must contain alphanumeric or underscore characters only (got "a b")
DROP KEYSPACE IF EXISTS ‸"a b"
  INVALID_REQUEST Keyspace name must not be empty and must contain alphanumeric or underscore characters only (got "a b")
ALTER KEYSPACE IF EXISTS ‸system WITH durable_writes = true
  UNAUTHORIZED system keyspace is not user-modifiable.
CREATE KEYSPACE ‸system WITH replication = {'class': 'SimpleStrategy'}
  INVALID_REQUEST System keyspace 'system' is not user-modifiable
‸CREATE KEYSPACE x WITH durable_writes = true
  INVALID_REQUEST Missing mandatory option 'replication'
CREATE KEYSPACE x⏎  WITH replication = {‸'class': 'NoStrategy'}
  CONFIGURATION_ERROR Unable to find replication strategy class 'org.apache.cassandra.locator.NoStrategy'
CREATE KEYSPACE x WITH replication = {'class': 'SimpleStrategy', ‸'replication_factor': 'many'}
  CONFIGURATION_ERROR Replication factor must be numeric and non-negative, found replication_factor = 'many'
CREATE KEYSPACE x WITH ‸replication = {'replication_factor': 1}
  CONFIGURATION_ERROR Missing replication strategy class
CREATE TABLE ‸nope.t (k int PRIMARY KEY)
  INVALID_REQUEST Keyspace 'nope' doesn't exist
CREATE TABLE ‸"a b" (k int PRIMARY KEY)
  CONFIGURATION_ERROR ks.a b: Table name must not be empty or not contain non-alphanumeric-underscore characters (got "a b")
CREATE TABLE x (⏎  k int PRIMARY KEY,⏎  v int,⏎  ‸v text⏎)
  INVALID_REQUEST Duplicate column 'v' declaration for table 'x'
CREATE TABLE x (k int, v int, PRIMARY KEY (k, ‸c))
  INVALID_REQUEST Unknown column 'c' referenced in PRIMARY KEY for table 'x'
CREATE TABLE x (k int, PRIMARY KEY (k, ‸k))
  INVALID_REQUEST Duplicate column 'k' in PRIMARY KEY clause for table 'x'
CREATE TABLE ‸x (k int, v int)
  INVALID_REQUEST No PRIMARY KEY specifed for table 'x' (exactly one required)
CREATE TABLE x (k int PRIMARY KEY, v int, ‸PRIMARY KEY (v))
  INVALID_REQUEST Multiple PRIMARY KEY specified for table 'x' (exactly one required)
CREATE TABLE x (k int PRIMARY KEY,⏎  ‸s int STATIC)
  INVALID_REQUEST Static columns are only useful (and thus allowed) if the table has at least one clustering column
CREATE TABLE x (k int, c list<int>, PRIMARY KEY (k, ‸c))
  INVALID_REQUEST Invalid non-frozen collection type list<int> for PRIMARY KEY column 'c'
CREATE TABLE x (k int, c duration, PRIMARY KEY (k, ‸c))
  INVALID_REQUEST duration type is not supported for PRIMARY KEY column 'c'
CREATE TABLE x (k int PRIMARY KEY, v ‸nothing)
  INVALID_REQUEST Unknown type nothing
CREATE TABLE x (k int PRIMARY KEY, v list<‸nothing>)
  INVALID_REQUEST Unknown type nothing
CREATE TABLE x (k int PRIMARY KEY, v ‸list<set<int>>)
  INVALID_REQUEST Non-frozen collections are not allowed inside collections: list<set<int>>
CREATE TABLE x (k int PRIMARY KEY, v ‸vector<int, 0>)
  INVALID_REQUEST vectors may only have positive dimensions; given 0
CREATE TABLE x (k int, c int, PRIMARY KEY (k, c)) WITH CLUSTERING ORDER BY (‸k DESC)
  INVALID_REQUEST Only clustering key columns can be defined in CLUSTERING ORDER directive: [k] are not clustering columns
CREATE TABLE x (k int PRIMARY KEY) WITH comment = 'x'⏎  AND ‸gc_grace_seconds = -1
  CONFIGURATION_ERROR gc_grace_seconds must be greater than or equal to 0 (got -1)
CREATE TABLE x (k int PRIMARY KEY) WITH ‸bloom_filter_fp_chance = 2.0
  CONFIGURATION_ERROR bloom_filter_fp_chance must be larger than 6.71E-5 and less than or equal to 1.0 (got 2)
CREATE TABLE x (k int PRIMARY KEY) WITH compaction = {‸'class': 'Best'}
  CONFIGURATION_ERROR Unable to find compaction strategy class 'org.apache.cassandra.db.compaction.Best'
CREATE TABLE x (k int PRIMARY KEY) WITH compression = {'class': 'LZ4Compressor', ‸'chunk_length_in_kb': 3}
  CONFIGURATION_ERROR chunk_length_in_kb must be a power of 2
CREATE TABLE x (k int PRIMARY KEY) WITH caching = {‸'keys': 'some'}
  CONFIGURATION_ERROR Invalid value 'some' for caching sub-option 'keys': only 'ALL' and 'NONE' are allowed
CREATE TABLE x (k int PRIMARY KEY) WITH ‸speculative_retry = 'often'
  CONFIGURATION_ERROR Invalid value often for option 'speculative_retry'
CREATE TABLE x (k int PRIMARY KEY) WITH ‸nonsense = 1
  SYNTAX_ERROR Unknown property 'nonsense'
CREATE TYPE ‸address (street text)
  INVALID_REQUEST A user type with name 'address' already exists. IF NOT EXISTS leaves it as it is
CREATE TYPE x (a int, ‸a int)
  INVALID_REQUEST Duplicate field name 'a' in type 'x'
ALTER TABLE ‸nope ADD v int
  INVALID_REQUEST Table 'ks.nope' doesn't exist
ALTER TABLE plain ADD (x int, ‸v int)
  INVALID_REQUEST Column with name 'v' already exists
ALTER TABLE plain ADD ‸s int STATIC
  INVALID_REQUEST Static columns are only useful (and thus allowed) if the table has at least one clustering column
ALTER TABLE plain DROP ‸k
  INVALID_REQUEST Cannot drop PRIMARY KEY column k
ALTER TABLE plain DROP ‸nope
  INVALID_REQUEST Column nope was not found in table 'ks.plain'
ALTER TABLE plain RENAME ‸v TO w
  INVALID_REQUEST Cannot rename non PRIMARY KEY column v
ALTER TABLE two RENAME a TO ‸b
  INVALID_REQUEST Cannot rename column a to b in table 'ks.two'; another column with that name already exists
ALTER TABLE plain ALTER ‸v TYPE text
  INVALID_REQUEST Altering column types is no longer supported
ALTER TABLE plain WITH ‸default_time_to_live = -1
  CONFIGURATION_ERROR default_time_to_live must be greater than or equal to 0 (got -1)
ALTER TYPE address ADD ‸zip int
  INVALID_REQUEST Cannot add field zip to type address: a field with name zip already exists
ALTER TYPE address RENAME ‸nope TO x
  INVALID_REQUEST Unknown field nope in user type address
ALTER KEYSPACE ‸nope WITH durable_writes = true
  INVALID_REQUEST Keyspace 'nope' doesn't exist
DROP TABLE ‸nope
  INVALID_REQUEST Table 'ks.nope' doesn't exist. IF EXISTS drops it only where it does
DROP TABLE⏎  ‸nope
  INVALID_REQUEST Table 'ks.nope' doesn't exist. IF EXISTS drops it only where it does
DROP KEYSPACE ‸nope
  INVALID_REQUEST Keyspace 'nope' doesn't exist. IF EXISTS drops it only where it does
DROP TYPE ‸nope
  INVALID_REQUEST Type 'ks.nope' doesn't exist. IF EXISTS drops it only where it does
DROP TYPE ‸address
  INVALID_REQUEST Cannot drop user type 'ks.address' as it is still used by tables t
TRUNCATE ‸nope
  INVALID_REQUEST table nope does not exist in keyspace ks
USE ‸nope
  INVALID_REQUEST Keyspace 'nope' does not exist
DESCRIBE TABLE ‸nope
  INVALID_REQUEST Table 'nope' not found in keyspace 'ks'
`;

const { db } = await testDatabase(SCHEMA, { random: seededRandom(1) });

describe.each([
  ['data', DATA],
  ['the schema', SCHEMA_CHANGES],
])('a wrong statement about %s points at what is wrong:', (_, table) => {
  test.each(wrongStatements(table))('$text', (statement) => expectRefusal(db, statement));
});

test('the values of a row of executeMany point at their marker', async () => {
  const many = db.executeMany('INSERT INTO plain (k, v) VALUES (?, ?)', [
    [1, 1],
    [2, 2],
    [null, 3],
  ]);
  await expect(many).rejects.toMatchObject({
    message: `line 1:34 Row 2: Invalid null value in condition for column k of type int: what is part of the primary key must have a value
INSERT INTO plain (k, v) VALUES (?, ?)
                                 ^`,
    data: { row: 2, rowsWritten: 0, columnName: 'k', type: 'int', line: 1, column: 34 },
  });
});

test('a statement of a batch of statements points into its own text', async () => {
  const batch = db.batch([
    'INSERT INTO plain (k, v) VALUES (1, 1)',
    { query: 'UPDATE plain SET v = 2 WHERE k = ?', params: [null] },
  ]);
  await expect(batch).rejects.toThrow(/^line 1:34 Invalid null value .*\nUPDATE plain SET v = 2 WHERE k = \?\n {33}\^$/);
});

test('a script of the schema points into the script', async () => {
  const script = 'CREATE TABLE one (k int PRIMARY KEY);\nCREATE TABLE two (\n  k int,\n  PRIMARY KEY (j)\n);';
  await expect(testDatabase(script)).rejects.toMatchObject({
    message: `line 4:16 Unknown column 'j' referenced in PRIMARY KEY for table 'two'\n  PRIMARY KEY (j)\n               ^`,
  });
});

test('a write that is too large points at its statement', async () => {
  const { db: small } = await testDatabase(SCHEMA, { random: seededRandom(1), config: { mutationSizeMax: 1000 } });
  const insert = small.execute("\nINSERT INTO t (k, c1, c2, w) VALUES (1, 1, '', ?)", ['x'.repeat(2000)]);
  await expect(insert).rejects.toMatchObject({ code: 'INVALID_REQUEST', data: { limit: 1000, line: 2, column: 1 } });
});
