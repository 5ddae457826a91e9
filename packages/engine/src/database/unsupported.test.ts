import { seededRandom } from '@cassette/storage/testing';
import { expect, test } from 'vitest';
import { testDatabase } from './testing/test-database.ts';
import { expectRefusal, SCHEMA, wrongStatements } from './testing/wrong-statements.ts';

/** What Cassandra answers and Cassette doesn't (yet): the reason says why, and what to do instead. */
const UNSUPPORTED = `
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
SELECT * FROM t WHERE k = 1 AND ‸w LIKE 'a%'
  INVALID_REQUEST LIKE restriction is only supported on properly indexed columns. w LIKE 'a%' is not valid.
SELECT * FROM t ORDER BY ‸vec ANN OF [1, 2] LIMIT 3
  INVALID_REQUEST ANN ordering needs an index on the column, and indexes are not supported yet: select the vectors and sort the rows in the app
SELECT * FROM t WHERE ‸expr(i, 'x')
  INVALID_REQUEST Custom index expressions are not supported: there are no custom indexes. Select by the primary key or with ALLOW FILTERING
CREATE TABLE x (k int PRIMARY KEY, v text ‸MASKED WITH DEFAULT)
  INVALID_REQUEST Cannot mask columns because dynamic data masking is not enabled.
CREATE TABLE x (k int PRIMARY KEY, v int) WITH ‸COMPACT STORAGE
  INVALID_REQUEST COMPACT STORAGE tables are not supported: their rows have another form in files, which is not written here. Leave COMPACT STORAGE out
`;

const { db } = await testDatabase(SCHEMA, { random: seededRandom(1) });

test.each(wrongStatements(UNSUPPORTED))('what is not supported says why and what to do instead: $text', (statement) =>
  expectRefusal(db, statement),
);

test.each([
  'DROP INDEX IF EXISTS i',
  'DROP MATERIALIZED VIEW IF EXISTS mv',
  'DROP FUNCTION IF EXISTS f',
  'DROP AGGREGATE IF EXISTS a',
  'drop trigger if exists tr ON t',
])('what can not be there is gone when that is asked: %s', async (statement) => {
  expect((await db.execute(statement)).columns).toBeNull();
});

test("that Cassandra's own tables are not here is said with what to use instead", async () => {
  const { db } = await testDatabase('');
  await expect(db.execute('SELECT * FROM system.local')).rejects.toMatchObject({
    reason: 'keyspace system does not exist: there are no tables of Cassandra itself here, DESCRIBE tells the schema',
  });
  await expect(db.execute('SELECT * FROM nope.local')).rejects.toMatchObject({ reason: 'keyspace nope does not exist' });
});
