import { LazyPart, loadParts, PartNotLoadedError } from '@cassette/bytes';
import { MemoryStorage } from '@cassette/storage';
import { expect, test } from 'vitest';
import { openDatabase } from './open-database.ts';

const schema = 'CREATE TABLE t (k int PRIMARY KEY, v text, n int); CREATE TABLE c (k int PRIMARY KEY, n counter)';

// The first test of this file, for code that was loaded once stays.
test('calls of one turn are carried out in their order, though some of them wait for code that is not loaded yet', async () => {
  const database = await openDatabase({ storage: new MemoryStorage(), schema });
  expect(() => database.natureOf('SELECT max(n) FROM t')).toThrow(PartNotLoadedError);
  await Promise.all([
    database.execute('INSERT INTO t (k, v) VALUES (?, ?)', [1, 'first']),
    database.execute("UPDATE t SET v = (text) 'second', n = 1 + 1 WHERE k = 1"),
    database.executeMany('INSERT INTO t (k, v) VALUES (?, ?)', [[1, 'third']]),
    database.batch([{ query: 'UPDATE t SET v = ? WHERE k = ?', params: ['fourth', 1] }]),
  ]);
  expect((await database.execute('SELECT v, n FROM t WHERE k = 1')).first()).toMatchObject({ v: 'fourth', n: 2 });
  expect((await database.execute("UPDATE t SET v = 'last' WHERE k = 1 IF v = 'fourth'")).first()?.get(0)).toBe(true);
  await database.close();
});

test('a statement that is wrong rejects, whether or not it had to wait for code', async () => {
  const database = await openDatabase({ storage: new MemoryStorage(), schema });
  await expect(database.execute('SELECT nothing(n) FROM t')).rejects.toThrow("Unknown function 'nothing'");
  await expect(database.execute('SELECT x FROM t')).rejects.toThrow('Undefined column name x');
  await database.close();
});

test('a part that can not be loaded fails the call that needs it and no other, and is tried again', async () => {
  const database = await openDatabase({ storage: new MemoryStorage(), schema });
  let isOnline = false;
  const part = new LazyPart('tests', async () => {
    if (!isOnline) throw new TypeError('Failed to fetch');
    return { answer: 42 };
  });
  const ask = () => database.inOrder(() => Promise.resolve(part.module.answer));
  const [asked, written] = await Promise.allSettled([ask(), database.execute("INSERT INTO t (k, v) VALUES (1, 'a')")]);
  expect(asked).toMatchObject({ status: 'rejected', reason: { code: 'PART_UNAVAILABLE', data: { part: 'tests' } } });
  expect(written.status).toBe('fulfilled');
  isOnline = true;
  expect(await ask()).toBe(42);
  await loadParts();
  await database.close();
});
