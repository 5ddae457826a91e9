import { MemoryStorage } from '@cassette/storage';
import { expect, test } from 'vitest';
import { openDatabase } from '../database/index.ts';

/** What ALTER TABLE t ADD v of a type says after v of another was dropped; null where it is taken. */
async function addAgain(dropped: string, added: string): Promise<string | null> {
  const db = await openDatabase({ storage: new MemoryStorage() });
  try {
    await db.execute('CREATE TYPE u (f int)');
    await db.execute(`CREATE TABLE t (a int PRIMARY KEY, v ${dropped})`);
    await db.execute('ALTER TABLE t DROP v');
    return await db.execute(`ALTER TABLE t ADD v ${added}`).then(
      () => null,
      (error: Error) => error.message.split('\n')[0],
    );
  } finally {
    await db.close();
  }
}

test.each([
  ['int', 'int', null],
  ['ascii', 'text', null],
  [
    'frozen<u>',
    'frozen<u>',
    "line 1:19 Cannot add a column 'v' of type frozen<u>, incompatible with previously dropped column 'v' of type frozen<tuple<int>>",
  ],
  ['frozen<u>', 'frozen<tuple<int>>', null],
  [
    'set<frozen<u>>',
    'set<frozen<u>>',
    "line 1:19 Cannot add a column 'v' of type set<frozen<u>>, incompatible with previously dropped column 'v' of type set<frozen<tuple<int>>>",
  ],
  ['map<int, frozen<list<frozen<u>>>>', 'map<int, frozen<list<frozen<tuple<int>>>>>', null],
  ['vector<frozen<u>, 2>', 'vector<frozen<u>, 2>', null],
])(
  'of a column of %s that was dropped the tuples are kept, so one of %s is refused or taken as by Cassandra',
  async (dropped, added, refused) => {
    expect(await addAgain(dropped, added)).toBe(refused);
  },
);

test.each(['in memory', 'in an SSTable'])(
  'cells %s from after the time of a drop are there again with the column',
  async (where) => {
    const db = await openDatabase({ storage: new MemoryStorage() });
    await db.execute('CREATE TABLE t (a int PRIMARY KEY, v int)');
    await db.execute('INSERT INTO t (a, v) VALUES (1, 1) USING TIMESTAMP 1000');
    await db.execute('INSERT INTO t (a, v) VALUES (2, 2) USING TIMESTAMP 2000');
    if (where === 'in an SSTable') await db.flush();
    await db.execute('ALTER TABLE t DROP v USING TIMESTAMP 1000');
    await db.execute('ALTER TABLE t ADD v int');
    expect((await db.execute('SELECT a, v FROM t')).rows.map((row) => row.values())).toEqual([
      [1, null],
      [2, 2],
    ]);
    await db.close();
  },
);

test.each(['in memory', 'in an SSTable'])(
  'cells %s from before the drop of their column are gone, also if written after it came back',
  async (where) => {
    const db = await openDatabase({ storage: new MemoryStorage() });
    await db.execute('CREATE TABLE t (a int PRIMARY KEY, v int, w int)');
    await db.execute('ALTER TABLE t DROP v USING TIMESTAMP 1000');
    await db.execute('ALTER TABLE t ADD v int');
    await db.execute('INSERT INTO t (a, v) VALUES (1, 1) USING TIMESTAMP 1000');
    await db.execute('UPDATE t USING TIMESTAMP 900 SET v = 2 WHERE a = 2');
    await db.execute('INSERT INTO t (a, v) VALUES (3, 3) USING TIMESTAMP 1001');
    if (where === 'in an SSTable') await db.flush();
    expect((await db.execute('SELECT a, v FROM t')).rows.map((row) => row.values())).toEqual([
      [1, null],
      [3, 3],
    ]);
    await db.close();
  },
);

test.each(['in memory', 'in an SSTable'])(
  'clusterings of a user type that gets a field meet those from before, %s',
  async (where) => {
    const db = await openDatabase({ storage: new MemoryStorage() });
    await db.execute('CREATE TYPE u (f int)');
    await db.execute('CREATE TABLE t (a int, c frozen<map<frozen<u>, int>>, PRIMARY KEY (a, c))');
    await db.execute('INSERT INTO t (a, c) VALUES (1, {{f: 2}: 1})');
    await db.execute('DELETE FROM t WHERE a = 1 AND c > {{f: 8}: 1}');
    if (where === 'in an SSTable') await db.flush();
    await db.execute('ALTER TYPE u ADD g int');
    await db.execute('INSERT INTO t (a, c) VALUES (1, {{f: 1, g: 1}: 1})');
    await db.execute('DELETE FROM t WHERE a = 1 AND c > {{f: 9, g: 1}: 1}');
    const rows = async () =>
      (await db.execute('SELECT JSON c FROM t WHERE a = 1 AND c < {{f: 3, g: 1}: 0}')).rows.map((row) => row.get(0));
    const expected = ['{"c": {"{\\"f\\": 1, \\"g\\": 1}": 1}}', '{"c": {"{\\"f\\": 2, \\"g\\": null}": 1}}'];
    expect(await rows()).toEqual(expected);
    await db.flush();
    expect(await rows()).toEqual(expected);
    await db.close();
  },
);

test('a counter among columns that are none is a configuration error, as in Cassandra', async () => {
  const db = await openDatabase({ storage: new MemoryStorage() });
  await db.execute('CREATE TABLE t (a int PRIMARY KEY, v int)');
  await expect(db.execute('ALTER TABLE t ADD c counter')).rejects.toMatchObject({ code: 'CONFIGURATION_ERROR' });
  await db.close();
});
