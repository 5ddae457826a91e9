import { expect, test } from 'vitest';
import { testDatabase } from './testing/test-database.ts';

test('rows and results are JSON, as SELECT JSON has them, but for the numbers that JavaScript would cut', async () => {
  const { db } = await testDatabase(`CREATE TYPE place (n bigint, at frozen<tuple<int, varint>>);
    CREATE TABLE t (k int PRIMARY KEY, b bigint, bl blob, d date, de decimal, du duration, f float, i inet, l list<varint>,
      m map<bigint, text>, mb map<frozen<tuple<int, text>>, int>, p frozen<place>, s set<text>, ti time, ts timestamp, u uuid, v vector<float, 2>)`);
  await db.execute(`INSERT INTO t (k, b, bl, d, de, du, f, i, l, m, mb, p, s, ti, ts, u, v) VALUES (1, 9223372036854775807, 0xCAFE, '2011-02-03', 1.50,
    1mo2d, NaN, '::1', [1], {5: 'x'}, {(1, 'y'): 2}, {n: 1, at: (2, 3)}, {'b', 'a'}, '01:02:03', '2011-02-03', 00000000-0000-0000-0000-000000000001, [1, 2.5])`);
  const all = await db.execute('SELECT k, b, bl, d, de, du, f, i, l, m, mb, p, s, ti, ts, u, v FROM t');
  const row = {
    k: 1,
    b: '9223372036854775807',
    bl: '0xcafe',
    d: '2011-02-03',
    de: '1.50',
    du: '1mo2d',
    f: null,
    i: '::1',
    l: ['1'],
    m: { 5: 'x' },
    mb: { '[1,"y"]': 2 },
    p: { n: '1', at: [2, '3'] },
    s: ['a', 'b'],
    ti: '01:02:03.000000000',
    ts: '2011-02-03T00:00:00.000Z',
    u: '00000000-0000-0000-0000-000000000001',
    v: [1, 2.5],
  };
  expect(JSON.parse(JSON.stringify(all.first()))).toEqual(row);
  expect(JSON.parse(JSON.stringify(all))).toEqual([row]);
  expect(JSON.stringify(await db.execute('INSERT INTO t (k) VALUES (2)'))).toBe('[]');
});
