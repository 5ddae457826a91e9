import { CqlSyntaxError } from '@cassette/cql';
import { openDatabase } from '@cassette/engine';
import { MemoryStorage } from '@cassette/storage/browser';
import { expect, test } from 'vitest';
import { schemaInfo } from './schema-info.ts';
import { splitScript } from './split-script.ts';

test('a script is split where its statements end, a batch staying whole, and each part says where it stands', () => {
  const script = `-- first
USE a; SELECT ';' FROM t

  ;BEGIN BATCH INSERT INTO t (a) VALUES (1); APPLY BATCH;`;
  expect(splitScript(script)).toEqual([
    { text: 'USE a', line: 2, column: 1 },
    { text: "SELECT ';' FROM t", line: 2, column: 8 },
    { text: 'BEGIN BATCH INSERT INTO t (a) VALUES (1); APPLY BATCH', line: 4, column: 4 },
  ]);
  expect(splitScript(' -- nothing\n')).toEqual([]);
});

test('a script that is not CQL is refused as a whole, with the place in it', () => {
  expect(() => splitScript('USE a;\nSELEC')).toThrow(CqlSyntaxError);
  expect(() => splitScript('USE a;\nSELEC')).toThrow('line 2:1');
});

test('the schema as plain data has keyspaces by name, columns in the order of SELECT *, and types', async () => {
  const database = await openDatabase({
    storage: new MemoryStorage(),
    schema: `CREATE KEYSPACE b WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
      CREATE KEYSPACE a WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
      CREATE TYPE b.point (x int, y frozen<list<text>>);
      CREATE TABLE b.t (p text, c int, s text static, v frozen<point>, a int, PRIMARY KEY (p, c)) WITH CLUSTERING ORDER BY (c DESC)`,
    keyspace: 'b',
  });
  const regular = { kind: 'regular', descending: false };
  expect(structuredClone(schemaInfo(database.schema))).toEqual([
    { name: 'a', durableWrites: true, tables: [], types: [] },
    {
      name: 'b',
      durableWrites: true,
      tables: [
        {
          keyspace: 'b',
          name: 't',
          columns: [
            { name: 'p', type: 'text', kind: 'partition_key', descending: false },
            { name: 'c', type: 'int', kind: 'clustering', descending: true },
            { name: 's', type: 'text', kind: 'static', descending: false },
            { name: 'a', type: 'int', ...regular },
            { name: 'v', type: 'frozen<point>', ...regular },
          ],
        },
      ],
      types: [
        {
          name: 'point',
          fields: [
            { name: 'x', type: 'int' },
            { name: 'y', type: 'frozen<list<text>>' },
          ],
        },
      ],
    },
  ]);
  await database.close();
});
