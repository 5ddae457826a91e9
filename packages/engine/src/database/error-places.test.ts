import type { CqlError } from '@cassette/cql';
import { seededRandom } from '@cassette/storage/testing';
import { describe, expect, test } from 'vitest';
import { unset } from '../prepared/index.ts';
import type { Params } from './database-options.ts';
import { testDatabase } from './testing/test-database.ts';

// Each wrong statement is a line and what it is refused with is the next one: code and reason. In the statement ‸ stands before what
// the caret must be under, ⏎ for a new line, and behind | are the parameters as JSON. A reason that ends in … goes on.

const SCHEMA = `
CREATE TYPE address (street text, zip int);
CREATE TABLE t (
  k int, c1 int, c2 text, s int STATIC, v int, w text, l list<int>, m map<text, int>, st set<text>, a address,
  tp tuple<int, text>, vec vector<float, 2>, PRIMARY KEY (k, c1, c2)
);
CREATE TABLE two (a int, b int, c int, v int, PRIMARY KEY ((a, b), c));
CREATE TABLE plain (k int PRIMARY KEY, v int);
CREATE TABLE text_key (k text PRIMARY KEY);
`;

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
  INVALID_REQUEST null is not supported inside collections
INSERT INTO t (k, c1, c2, l) VALUES (1, 2, 'x', [1, ‸?]) | [null]
  INVALID_REQUEST null is not supported inside collections
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
  INVALID_REQUEST The column names contains duplicates
INSERT INTO t (‸c1, c2, v) VALUES (2, 'x', 1)
  INVALID_REQUEST Some partition key parts are missing: k
INSERT INTO t (‸k, c1, v) VALUES (1, 2, 1)
  INVALID_REQUEST Some clustering keys are missing: c2
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
  INVALID_REQUEST Non PRIMARY KEY columns found in where clause: v␠
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
  INVALID_REQUEST Non PRIMARY KEY columns found in where clause: v␠
DELETE FROM two WHERE ‸a = 1 AND c = 2
  INVALID_REQUEST Some partition key parts are missing: b. Restrict them by = or IN
DELETE ‸c1 FROM t WHERE k = 1
  INVALID_REQUEST Invalid identifier c1 for deletion (should not be a PRIMARY KEY part)
DELETE ‸v FROM t WHERE k = 1
  INVALID_REQUEST Range deletions are not supported for specific columns
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
  INVALID_REQUEST Invalid null value of limit
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
  ALREADY_EXISTS Cannot add already existing table "t" to keyspace "ks"
CREATE KEYSPACE ‸ks WITH replication = {'class': 'SimpleStrategy'}
  ALREADY_EXISTS Cannot add existing keyspace "ks"
CREATE KEYSPACE ‸"a-b" WITH replication = {'class': 'SimpleStrategy'}
  INVALID_REQUEST Keyspace name must not be empty and must contain alphanumeric or underscore characters only (got "a-b")
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
  INVALID_REQUEST A user type with name 'address' already exists
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
  INVALID_REQUEST Table 'ks.nope' doesn't exist
DROP TABLE⏎  ‸nope
  INVALID_REQUEST Table 'ks.nope' doesn't exist
DROP KEYSPACE ‸nope
  INVALID_REQUEST Keyspace 'nope' doesn't exist
DROP TYPE ‸nope
  INVALID_REQUEST Type 'ks.nope' doesn't exist
DROP TYPE ‸address
  INVALID_REQUEST Cannot drop user type 'ks.address' as it is still used by tables t
TRUNCATE ‸nope
  INVALID_REQUEST table nope does not exist in keyspace ks
USE ‸nope
  INVALID_REQUEST Keyspace 'nope' does not exist
DESCRIBE TABLE ‸nope
  INVALID_REQUEST Table 'nope' not found in 'ks'
`;

/** What Cassandra answers and Cassette doesn't (yet): the reason says why, and what to do instead. */
const UNSUPPORTED = `
CREATE TABLE x (⏎  k int PRIMARY KEY,⏎  n ‸counter⏎)
  INVALID_REQUEST Counter tables are not supported: a counter is a sum over the replicas of a cluster, and a file that one device wrote could not be merged into it. Keep the count as an int or bigint column, or a row for each thing that is counted
‸INSERT INTO t JSON '{}'
  INVALID_REQUEST INSERT … JSON is not supported yet: rows are taken as values only. Parse the JSON in the app and use INSERT … (columns) VALUES (…)
‸CREATE INDEX ON t (v)
  INVALID_REQUEST CREATE INDEX is not supported yet: no index files are written. Select by the primary key or with ALLOW FILTERING, or make the index in Cassandra after the import
‸DROP INDEX i
  INVALID_REQUEST DROP INDEX is not supported yet: no index files are written. Select by the primary key or with ALLOW FILTERING, or make the index in Cassandra after the import
‸CREATE CUSTOM INDEX i ON t (v) USING 'sai'
  INVALID_REQUEST CREATE CUSTOM INDEX is not supported yet: no index files are written. Select by the primary key or with ALLOW FILTERING, or make the index in Cassandra after the import
‸CREATE MATERIALIZED VIEW mv AS SELECT * FROM t WHERE k IS NOT NULL PRIMARY KEY (k)
  INVALID_REQUEST CREATE MATERIALIZED VIEW is not supported: rows written here would not reach the view. Write a second table with the other key in the same BATCH, or make the view in Cassandra after the import
‸CREATE FUNCTION f (a int) RETURNS NULL ON NULL INPUT RETURNS int LANGUAGE java AS 'return a;'
  INVALID_REQUEST CREATE FUNCTION is not supported: a store runs no code of others. Compute the value in the app, or make the function in Cassandra
‸CREATE TRIGGER tr ON t USING 'x'
  INVALID_REQUEST CREATE TRIGGER is not supported: a store runs no code of others. Do it in the app, or make the trigger in Cassandra
‸CREATE ROLE r
  INVALID_REQUEST CREATE ROLE is not supported: a store has one user, whose device it is on, and no permissions. Leave the statement to Cassandra
‸GRANT SELECT ON t TO r
  INVALID_REQUEST GRANT is not supported: a store has one user, whose device it is on, and no permissions. Leave the statement to Cassandra
‸BEGIN COUNTER BATCH UPDATE plain SET v = 1 WHERE k = 1; APPLY BATCH
  INVALID_REQUEST Counter batches are not supported: there are no counter tables, for a counter that one device counts can not be merged into a cluster. Use BEGIN BATCH
INSERT INTO plain (k, v) VALUES (1, 1 ‸+ 2)
  INVALID_REQUEST Arithmetic is not supported in values yet: there are no operators. Compute the value in the app and bind it
INSERT INTO plain (k, v) VALUES (1, ‸-(2))
  INVALID_REQUEST Arithmetic is not supported in values yet: there are no operators. Compute the value in the app and bind it
SELECT v ‸+ 1 FROM t
  INVALID_REQUEST Selecting v + 1 is not supported yet: select the columns that it is made of and compute it in the app
SELECT ‸toJson(max(v)) FROM t
  INVALID_REQUEST Functions of aggregates are not supported yet: aggregate functions can stand alone only. Select the aggregate and compute the rest in the app
SELECT blobAsInt(‸intAsBlob(max(v))) FROM t
  INVALID_REQUEST Functions of aggregates are not supported yet: aggregate functions can stand alone only. Select the aggregate and compute the rest in the app
SELECT * FROM t WHERE k = 1 AND ‸w LIKE 'a%'
  INVALID_REQUEST LIKE restriction is only supported on properly indexed columns. w LIKE 'a%' is not valid.
SELECT * FROM t ORDER BY ‸vec ANN OF [1, 2] LIMIT 3
  INVALID_REQUEST ANN ordering needs an index on the column, and indexes are not supported yet: select the vectors and sort the rows in the app
SELECT * FROM t WHERE ‸expr(i, 'x')
  INVALID_REQUEST Custom index expressions are not supported: there are no custom indexes. Select by the primary key or with ALLOW FILTERING
CREATE TABLE x (k int PRIMARY KEY, v text ‸MASKED WITH DEFAULT)
  INVALID_REQUEST Cannot mask columns because dynamic data masking is not enabled.
‸CREATE TABLE x (k int PRIMARY KEY, v int) WITH COMPACT STORAGE
  INVALID_REQUEST COMPACT STORAGE tables are not supported: their rows have another form in files, which is not written here. Leave COMPACT STORAGE out
‸DESCRIBE CLUSTER
  INVALID_REQUEST There is no cluster to describe: this store is on its own. Use DESCRIBE SCHEMA or DESCRIBE KEYSPACES
`;

/** The cases of a table. */
function casesOf(table: string): readonly { text: string; params: Params | undefined; code: string; reason: string }[] {
  const lines = table.trim().split('\n');
  return lines.flatMap((line, i) => {
    if (i % 2 === 1) return [];
    const [text, json] = line.split(' | ');
    const [, code, reason] = /^ {2}([A-Z_]+) (.*)$/.exec(lines[i + 1]) as RegExpExecArray;
    const params = json === undefined ? undefined : JSON.parse(json, (_, value) => (value === '$unset' ? unset : value));
    return [{ text: text.replaceAll('⏎', '\n'), params, code, reason: reason.replace('␠', ' ') }];
  });
}

const { db } = await testDatabase(SCHEMA, { random: seededRandom(1) });

describe.each([
  ['data', DATA],
  ['the schema', SCHEMA_CHANGES],
  ['what is not supported', UNSUPPORTED],
])('a wrong statement about %s points at what is wrong:', (_, table) => {
  test.each(casesOf(table))('$text', async ({ text, params, code, reason }) => {
    const error = (await db.execute(text.replace('‸', ''), params).catch((thrown: unknown) => thrown)) as CqlError;
    const lines = text.split('\n');
    const line = lines.findIndex((one) => one.includes('‸'));
    const column = lines[line].indexOf('‸');
    // Of long lines what is around the place is shown.
    const from = Math.max(0, column - 60);
    const shown = lines[line].replace('‸', '').slice(from, column + 60);
    const place = { line: line + 1, column: column + 1, position: text.indexOf('‸') };
    expect({ code: error.code, ...error.data }).toMatchObject({ code, ...place });
    const [first, ...below] = error.message.split('\n');
    const wanted = `line ${place.line}:${place.column} ${reason.replace(/…$/, '')}`;
    expect(reason.endsWith('…') ? first.slice(0, wanted.length) : first).toBe(wanted);
    expect(below).toEqual([shown, `${' '.repeat(column - from)}^`]);
  });
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
