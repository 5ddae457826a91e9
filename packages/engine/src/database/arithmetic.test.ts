import { afterAll, expect, test } from 'vitest';
import { plainRows, testDatabase } from './testing/test-database.ts';

// Every answer here is what Cassandra 5.0 gave for the same statement.

const { db } = await testDatabase(`CREATE TABLE t (k int PRIMARY KEY, ti tinyint, si smallint, i int, b bigint, f float, d double,
  n decimal, vi varint, ts timestamp, da date, tx text, a ascii)`);
await db.execute(`INSERT INTO t (k, ti, si, i, b, f, d, n, vi, ts, da, tx, a) VALUES (1, 5, 300, 100000, 5000000000, 1.5, 2.25, 3.10,
  12345678901234567890, '2020-01-31 10:11:12.345Z', '2020-01-31', 'héllo', 'ascii')`);

afterAll(() => db.close());

async function answer(selectors: string, params: unknown[] = []): Promise<unknown[]> {
  const [row] = plainRows(await db.execute(`SELECT ${selectors} FROM t`, params));
  return row.map((value) => (typeof value === 'number' || typeof value === 'bigint' || value === null ? value : String(value)));
}

test.each([
  ['ti + ti, ti - si, ti * i, i / ti, i % ti', [10, -295, 500000, 20000, 0]],
  ['b + i, b - ti, b / si, b % ti', [5000100000n, 4999999995n, 16666666n, 0n]],
  ['f + i, d * d, d / ti, d % f, f / ti', [100001.5, 5.0625, 0.45, 0.75, Math.fround(0.3)]],
  ['n + i, n - b, n * n, n / ti, n % f', ['100003.10', '-4999999996.90', '9.6100', '0.62', '0.10']],
  ['vi + i, vi * vi, vi / ti, vi % i', [12345678901234667890n, 12345678901234567890n ** 2n, 2469135780246913578n, 67890n]],
  [
    'vi + f, vi * n, vi / n',
    ['12345678901234567891.5', '38271604593827160459.00', '3982477064914376738.70967741935483870967741935483871'],
  ],
  ['(tinyint)100 + (tinyint)100, (tinyint)-128 / (tinyint)-1, 2147483647 + 1', [-56, -128, -2147483648]],
  ['(bigint)9223372036854775807 + 1, -7 / 2, -7 % 2, (int)-2147483648 / -1', [-(2n ** 63n), -3, -1, -2147483648]],
  [
    '(decimal)1 / (decimal)3, (decimal)10 / (decimal)4, (decimal)-7.5 % (decimal)2',
    ['0.33333333333333333333333333333333', '2.5', '-1.5'],
  ],
  ['-(i), - (tinyint)-128, 2 * (i + 1), i * 1.5, 10 / 4, 10.0 / 4', [-100000, -128, 200002, 150000, 2, 2.5]],
  ['tx + a, a + a', ['hélloascii', 'asciiascii']],
])('%s', async (selectors, expected) => {
  expect(await answer(selectors)).toEqual(expected);
});

test.each([
  ['ts + 1d', '2020-02-01T10:11:12.345Z'],
  ['ts - 1mo', '2019-12-31T10:11:12.345Z'],
  ['ts + 1mo', '2020-02-29T10:11:12.345Z'],
  ['ts + 2h30m', '2020-01-31T12:41:12.345Z'],
])('%s', async (selector, expected) => {
  const [[value]] = plainRows(await db.execute(`SELECT ${selector} FROM t`));
  expect((value as Date).toISOString()).toBe(expected);
});

test('dates move by months to the last day there is, and by years', async () => {
  expect(await answer('da + 1mo, da - 1y')).toEqual(['2020-02-29', '2019-01-31']);
});

test.each([
  ['abs(i), abs((tinyint)-128), abs(-1.5), abs((decimal)-1.10)', [100000, -128, 1.5, '1.10']],
  ['exp(1), exp((double)1), exp((float)1), exp((tinyint)5), exp(1000)', [2, Math.E, Math.fround(Math.E), -108, 2147483647]],
  ['log(10), log((double)3), log10(1000), log10((double)2), log(0)', [2, 1.0986122886681098, 3, 0.3010299956639812, -2147483648]],
  ['exp((decimal)10.5), exp((decimal)-3.25)', ['36315.502674246637738912026901317', '0.038774207831722009886899835267596']],
  ['log((decimal)0.5), log10((decimal)100)', ['-0.69314718055994530941723212145818', '2']],
  ['log10((decimal)1000), log10((decimal)0.00123)', ['3.0000000000000000000000000000000', '-2.9100948885606020681955602467767']],
  ['round((double)2.5), round((double)-2.5), round((double)0.49999999999999994), round((float)1e10)', [3, -2, 0, 2147483648]],
  ['round((decimal)2.5), round((decimal)-2.5), round(vi)', ['3', '-3', 12345678901234567890n]],
])('%s', async (selectors, expected) => {
  expect(await answer(selectors)).toEqual(expected);
});

test.each([
  ['i / 0', "the operation 'int / int' failed: / by zero"],
  ['da + 1h', 'The duration must have a day precision'],
  ['ts + 1us', 'The duration must have a millisecond precision'],
  ['log((decimal)0)', 'Natural log of number zero or less'],
])('%s fails as a function does', async (selector, message) => {
  await expect(answer(selector)).rejects.toMatchObject({ code: 'FUNCTION_FAILURE', message: expect.stringContaining(message) });
});

test.each([
  ['i + ?', /Ambiguous '\+' operation with args i and \?/],
  ['tx + i', /the '\+' operation is not supported between tx and i/],
  ['(i)', /Cannot infer type for term \(i\)/],
])('%s is refused', async (selector, message) => {
  await expect(answer(selector, selector.includes('?') ? [1] : [])).rejects.toThrow(message);
});

test('values to write are computed, and take the type of their column', async () => {
  await db.execute('UPDATE t SET ti = 1 + 2, b = 5 * 2, f = 1.5 / 2, vi = 10 % 3, n = (decimal)1.1 + 2 WHERE k = 1 + 1');
  const [row] = plainRows(await db.execute('SELECT ti, b, f, vi, n FROM t WHERE k = 2'));
  expect(row.map(String)).toEqual(['3', '10', '0.75', '1', '3.1']);
  // Only tinyints add up to a tinyint, but many types to a bigint.
  await db.execute('UPDATE t SET ti = ? + 1 WHERE k = 2', [6]);
  expect(plainRows(await db.execute('SELECT ti FROM t WHERE k = 2'))).toEqual([[7]]);
  await expect(db.execute('UPDATE t SET b = ? + 1 WHERE k = 2', [1])).rejects.toThrow(/Ambiguous/);
});

test('a write whose IF reads the row adds to what is there', async () => {
  await db.execute("INSERT INTO t (k, ti, tx) VALUES (3, 5, 'a')");
  await expect(db.execute('UPDATE t SET ti = ti + 1 WHERE k = 3')).rejects.toThrow(/non counter column/);
  await db.execute("UPDATE t SET ti += 1, tx = tx + 'b', d = d + 1.5 WHERE k = 3 IF EXISTS");
  expect(plainRows(await db.execute('SELECT ti, tx, d FROM t WHERE k = 3'))).toEqual([[6, 'ab', null]]);
});
