import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Database } from './database.ts';
import { plainRows, testDatabase } from './testing/test-database.ts';

type Values = readonly number[];
const columns = ['a', 'b', 'c'] as const;
const small = fc.integer({ min: 0, max: 3 });

/** A WHERE of clustering columns as CQL has it, and what it means for a row. */
interface Where {
  readonly text: string;
  readonly holds: (row: Values) => boolean;
}

function compareTuples(x: Values, y: Values): number {
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return x[i] - y[i];
  return 0;
}

const compares = {
  '>': (n: number) => n > 0,
  '>=': (n: number) => n >= 0,
  '<': (n: number) => n < 0,
  '<=': (n: number) => n <= 0,
} as const;
const operators = Object.keys(compares) as (keyof typeof compares)[];

/** Columns bound by =, then for the next ones an IN, one or two bounds of a tuple, or nothing. */
const where: fc.Arbitrary<Where> = fc
  .record({
    equal: fc.array(small, { maxLength: 2 }),
    kind: fc.constantFrom('nothing', 'in', 'bounds', 'tuples'),
    width: fc.integer({ min: 1, max: 3 }),
    values: fc.array(fc.array(small, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
    lower: fc.constantFrom('>', '>=', null),
    upper: fc.constantFrom('<', '<=', null),
  })
  .map(({ equal, kind, width, values, lower, upper }) => {
    const from = equal.length;
    const names = columns.slice(from, from + Math.min(width, 3 - from));
    const texts = equal.map((value, i) => `${columns[i]} = ${value}`);
    const tests: ((row: Values) => boolean)[] = equal.map((value, i) => (row) => row[i] === value);
    const part = (row: Values) => row.slice(from, from + names.length);
    const tuple = (value: Values) => `(${value.slice(0, names.length).join(', ')})`;
    if (kind === 'in') {
      texts.push(`${names[0]} IN (${values.map((value) => value[0]).join(', ')})`);
      tests.push((row) => values.some((value) => value[0] === row[from]));
    } else if (kind === 'tuples') {
      texts.push(`(${names.join(', ')}) IN (${values.map(tuple).join(', ')})`);
      tests.push((row) => values.some((value) => compareTuples(part(row), value) === 0));
    } else if (kind === 'bounds') {
      for (const [i, operator] of [lower, upper].entries()) {
        if (operator === null) continue;
        const value = values[i % values.length].slice(0, names.length);
        texts.push(`(${names.join(', ')}) ${operator} ${tuple(value)}`);
        tests.push((row) => compares[operator as (typeof operators)[number]](compareTuples(part(row), value)));
      }
    }
    return { text: ['k = 1', ...texts].join(' AND '), holds: (row: Values) => tests.every((holds) => holds(row)) };
  });

async function filled(order: string): Promise<{ db: Database; rows: Values[] }> {
  const { db } = await testDatabase(
    `CREATE TABLE t (k int, a int, b int, c int, PRIMARY KEY (k, a, b, c)) WITH CLUSTERING ORDER BY (${order})`,
  );
  const all: Values[] = [];
  for (let a = 0; a < 4; a++)
    for (let b = 0; b < 4; b++) for (let c = 0; c < 4; c++) if ((a + b + c) % 3 !== 0) all.push([a, b, c]);
  await db.executeMany('INSERT INTO t (k, a, b, c) VALUES (1, ?, ?, ?)', all);
  const stored = plainRows(await db.execute('SELECT a, b, c FROM t WHERE k = 1')) as Values[];
  return { db, rows: stored };
}

test.each(['a ASC, b ASC, c ASC', 'a DESC, b DESC, c DESC', 'a ASC, b DESC, c ASC', 'a DESC, b ASC, c DESC'])(
  'with CLUSTERING ORDER BY (%s) a WHERE selects just the rows it means, whole, in pages and backwards',
  async (order) => {
    const { db, rows } = await filled(order);
    const [first] = order.split(', ').map((part) => part.endsWith('ASC'));
    await fc.assert(
      fc.asyncProperty(where, fc.integer({ min: 1, max: 5 }), async ({ text, holds }, fetchSize) => {
        const expected = rows.filter(holds);
        const query = `SELECT a, b, c FROM t WHERE ${text}`;
        expect(plainRows(await db.execute(query))).toEqual(expected);
        const paged: unknown[] = [];
        for await (const row of db.stream(query, [], { fetchSize })) paged.push(row.values());
        expect(paged).toEqual(expected);
        const backwards = await db.execute(`${query} ORDER BY a ${first ? 'DESC' : 'ASC'}`);
        expect(plainRows(backwards)).toEqual(expected.toReversed());
      }),
      { numRuns: 150 },
    );
  },
);

test.each(['a ASC, b ASC, c ASC', 'a ASC, b DESC, c ASC'])(
  'with CLUSTERING ORDER BY (%s) a DELETE deletes just the rows it means',
  async (order) => {
    await fc.assert(
      fc.asyncProperty(where, fc.boolean(), async ({ text, holds }, flush) => {
        const { db, rows } = await filled(order);
        await db.execute(`DELETE FROM t WHERE ${text}`);
        if (flush) await db.flush();
        expect(plainRows(await db.execute('SELECT a, b, c FROM t'))).toEqual(rows.filter((row) => !holds(row)));
        expect(plainRows(await db.execute('SELECT a, b, c FROM t WHERE k = 1 ORDER BY a DESC'))).toEqual(
          rows.filter((row) => !holds(row)).toReversed(),
        );
        await db.close();
      }),
      { numRuns: 60 },
    );
  },
);
