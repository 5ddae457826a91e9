import { afterAll, expect, test } from 'vitest';
import { plainRows, testDatabase } from './testing/test-database.ts';

// What is taken and what is refused is what Cassandra 5.0 took and refused.

const { db } = await testDatabase(`CREATE TYPE ud (a int, "B" text, c frozen<list<int>>);
  CREATE TABLE j (k int, c text, st int static, "Up" int, ti tinyint, b bigint, f float, d double, de decimal, vi varint, tx text,
    a ascii, ts timestamp, da date, tm time, u uuid, tu timeuuid, bl blob, bo boolean, ine inet, du duration, l list<int>, s set<text>,
    m map<int, text>, fl frozen<list<int>>, tp tuple<int, text>, v vector<float, 2>, ud ud, fud frozen<ud>, PRIMARY KEY (k, c))`);

afterAll(() => db.close());

async function jsonOf(where: string, columns = '*'): Promise<unknown> {
  const [[json]] = plainRows(await db.execute(`SELECT JSON ${columns} FROM j WHERE ${where}`));
  return JSON.parse(json as string);
}

test('a row of every type comes out of SELECT JSON as INSERT JSON took it', async () => {
  await db.execute(`INSERT INTO j JSON '{"k": 1, "c": "a", "st": 5, "\\"Up\\"": 7, "ti": "1", "b": 3, "f": 1.5, "d": "2.5", "de": 3.10,
    "vi": 123456789012345678901234567890, "tx": "h\\u00e9\\n", "a": "x", "ts": "2020-01-31 10:11:12.345Z", "da": "2020-01-31",
    "tm": "10:11:12.123", "u": "123e4567-e89b-42d3-a456-426614174000", "tu": "50554d6e-29bb-11e5-b345-feff819cdc9f", "bl": "0xcafe",
    "bo": "TRUE", "ine": "127.0.0.1", "du": "1mo2d", "l": [1, 2, "3"], "s": ["b", "a", "b"], "m": {"2": "x", "1": "y"}, "fl": "[9]",
    "tp": [1, null], "v": [1, 2.5], "ud": {"a": 1, "\\"B\\"": "q", "c": [1]}, "fud": {"A": 2}}'`);
  const { vi: _, ...json } = (await jsonOf('k = 1')) as Record<string, unknown>;
  expect(json).toEqual({
    ...{ k: 1, c: 'a', st: 5, '"Up"': 7, ti: 1, b: 3, f: 1.5, d: 2.5, de: 3.1, tx: 'hé\n', a: 'x' },
    ...{ ts: '2020-01-31 10:11:12.345Z', da: '2020-01-31', tm: '10:11:12.123000000' },
    ...{ u: '123e4567-e89b-42d3-a456-426614174000', tu: '50554d6e-29bb-11e5-b345-feff819cdc9f', bl: '0xcafe', bo: true },
    ...{ ine: '127.0.0.1', du: '1mo2d', l: [1, 2, 3], s: ['a', 'b'], m: { 1: 'y', 2: 'x' }, fl: [9], tp: [1, null] },
    ...{ v: [1, 2.5], ud: { a: 1, '"B"': 'q', c: [1] }, fud: { a: 2, '"B"': null, c: null } },
  });
  expect(plainRows(await db.execute('SELECT vi FROM j WHERE k = 1'))).toEqual([[123456789012345678901234567890n]]);
});

test('columns that the JSON leaves out become null, or with DEFAULT UNSET stay', async () => {
  await db.execute(`INSERT INTO j JSON '{"k": 2, "c": "a", "ti": 1, "l": [1], "tx": "t"}'`);
  await db.execute(`INSERT INTO j JSON '{"k": 2, "c": "a", "ti": 2}' DEFAULT UNSET`);
  expect(await jsonOf('k = 2', 'ti, l, tx')).toEqual({ ti: 2, l: [1], tx: 't' });
  await db.execute('INSERT INTO j JSON ?', ['{"K": 2, "C": "a", "tx": "u"} and what follows is not looked at']);
  expect(await jsonOf('k = 2', 'ti, l, tx')).toEqual({ ti: null, l: null, tx: 'u' });
  const [refused] = plainRows(await db.execute(`INSERT INTO j JSON '{"k": 2, "c": "a"}' IF NOT EXISTS`));
  expect(refused[0]).toBe(false);
  await db.execute('INSERT INTO j JSON :row USING TIMESTAMP 5 AND TTL 100', { row: '{"k": 3, "c": "t", "ti": 1}' });
  expect(plainRows(await db.execute('SELECT writetime(ti), ttl(ti) FROM j WHERE k = 3'))).toEqual([[5n, 100]]);
});

test.each([
  ['{"k": 1}', 'Invalid null value in condition for column c'],
  ['{"c": "x"}', 'Invalid null value in condition for column k'],
  ['{"k": 1, "c": "x", "nope": 1}', 'unrecognized column: nope'],
  ['{"k": 1, "c": "x", "vi": ""}', "Value '' is not a valid representation of a varint value"],
  ['{"k": 1, "c": "x", "Up": 1}', 'unrecognized column: up'],
  ['[1]', 'as a map'],
  ['null', 'Got null'],
  ['', 'the text ends'],
  ['{"k": 1, "c": "x"', "expected ',' or '}'"],
  ["{'k': 1}", 'a name in double quotes'],
  ['{"k": 1.0, "c": "x"}', 'JSON value for k: Expected an int value'],
  ['{"k": 1, "c": "x", "ts": 12345}', 'Expected a long or a datestring'],
  ['{"k": 1, "c": "x", "da": 5}', 'a string representation of a date value'],
  ['{"k": 1, "c": "x", "tx": 5}', 'JSON value for tx'],
  ['{"k": 1, "c": "x", "bl": "cafe"}', '0x prefix'],
  ['{"k": 1, "c": "x", "bo": 1}', 'JSON value for bo'],
  ['{"k": 1, "c": "x", "ti": 300}', 'JSON value for ti'],
  ['{"k": 1, "c": "x", "vi": 1.0}', 'JSON value for vi'],
  ['{"k": 1, "c": "x", "l": [1, null]}', 'Invalid null element in list'],
  ['{"k": 1, "c": "x", "m": {"1": null}}', 'Invalid null value in map'],
  ['{"k": 1, "c": "x", "tp": [1]}', 'missing items'],
  ['{"k": 1, "c": "x", "v": [1]}', 'incorrect size'],
  ['{"k": 1, "c": "x", "ud": {"zz": 1}}', "Unknown field 'zz'"],
  ['{"k": 1, "c": "x", "tx": "a\nb"}', 'a control character must be escaped'],
  [`${'['.repeat(2000)}`, 'nested deeper'],
])('%j is refused', async (json, message) => {
  await expect(db.execute('INSERT INTO j JSON ?', [json])).rejects.toMatchObject({
    code: 'INVALID_REQUEST',
    message: expect.stringContaining(message),
  });
});

test('from_json gives a value of the type that is wanted, and fails as a function does', async () => {
  await db.execute(`INSERT INTO j (k, c, l, m, ti, tx, ud) VALUES (5, 'x', from_json('[1,2]'), fromJson('{"1":"a"}'), from_json('"7"'),
    fromJson('null'), from_json('{"a": 3}'))`);
  expect(await jsonOf("k = from_json('5')", 'l, m, ti, tx, ud')).toEqual({
    ...{ l: [1, 2], m: { 1: 'a' }, ti: 7, tx: null, ud: { a: 3, '"B"': null, c: null } },
  });
  for (const text of ["1''1", '1,', '1/']) {
    await expect(db.execute(`UPDATE j SET ti = from_json('${text}') WHERE k = 5 AND c = 'x'`)).rejects.toThrow(
      'expected a space',
    );
  }
  await expect(db.execute("UPDATE j SET ti = from_json('x') WHERE k = 5 AND c = 'x'")).rejects.toMatchObject({
    code: 'FUNCTION_FAILURE',
  });
  await expect(db.execute("SELECT from_json('1') FROM j")).rejects.toThrow(/cannot be used in the selection clause/);
});

test('JSON of a conditional insert is looked at though its row is there, and no text is false', async () => {
  await db.execute('INSERT INTO j JSON ?', ['{"k": 70, "c": "a", "bo": ""}']);
  expect(plainRows(await db.execute('SELECT bo FROM j WHERE k = 70'))).toEqual([[false]]);
  await expect(db.execute('INSERT INTO j JSON ? IF NOT EXISTS', ['{"k": 70, "c": "a", "da": 5}'])).rejects.toThrow(
    'Error decoding JSON value for da',
  );
});
