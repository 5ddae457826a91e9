import { expect, test } from 'vitest';
import { installErrorTransfer } from '../errors/error-transfer.ts';
import { inTab } from '../tabs/testing/in-tab.ts';
import type { RemoteStatements } from './remote-statements.ts';

installErrorTransfer();

test('a stream asks for one page ahead of the one that is looked at, however many rows there are', async () => {
  const found = await inTab('CREATE TABLE t (k int, c int, v int, PRIMARY KEY (k, c))', async (database) => {
    await database.executeMany(
      'INSERT INTO t (k, c, v) VALUES (?, ?, ?)',
      Array.from({ length: 20_000 }, (_, n) => [n >> 8, n & 255, n]),
    );
    let asked = 0;
    const { statements } = database as unknown as { statements: RemoteStatements };
    const { run } = statements;
    statements.run = (...call) => {
      asked++;
      return run.apply(statements, call);
    };
    let read = 0;
    let ahead = 0;
    let sum = 0;
    for await (const row of database.stream('SELECT v FROM t', [], { fetchSize: 500 })) {
      ahead = Math.max(ahead, asked - Math.floor(read / 500));
      read++;
      sum += row.v as number;
    }
    return { read, sum, ahead, asked };
  });
  // The pages in memory: the one that is looked at and the next one. That nothing comes after the 40th is known when it was looked for.
  expect(found).toEqual({ read: 20_000, sum: (20_000 * 19_999) / 2, ahead: 2, asked: 41 });
});

test('a stream of the sorted rows of several partitions has them in one page; execute refuses pages of them', async () => {
  const found = await inTab('CREATE TABLE t (k int, c int, PRIMARY KEY (k, c))', async (database) => {
    for (let n = 0; n < 6; n++) await database.execute('INSERT INTO t (k, c) VALUES (?, ?)', [n & 1, n]);
    const query = 'SELECT c FROM t WHERE k IN (0, 1) ORDER BY c DESC';
    const rows: unknown[] = [];
    for await (const row of database.stream(query, [], { fetchSize: 2 })) rows.push(row.c);
    const refused = await database.execute(query, [], { fetchSize: 2 }).catch((error: Error) => error.message);
    return { rows, refused };
  });
  expect(found.rows).toEqual([5, 4, 3, 2, 1, 0]);
  expect(found.refused).toContain('Cannot page queries with both ORDER BY and a IN restriction');
});
