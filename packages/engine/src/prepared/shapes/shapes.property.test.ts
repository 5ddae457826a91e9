import { CassetteError } from '@cassette/bytes';
import { seededRandom } from '@cassette/storage/testing';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { Database } from '../../database/index.ts';
import { plainRows, type TestClock, testDatabase } from '../../database/testing/test-database.ts';
import { ShapeCache } from './shape-cache.ts';

const SCHEMA = `
  CREATE TYPE address (street text, number int);
  CREATE TABLE t (k text, c timestamp, d int, a ascii, b blob, big bigint, bool boolean, dbl double, fl float, sm smallint, ti tinyint,
    vi varint, de decimal, u uuid, tu timeuuid, dt date, tm time, ip inet, du duration, st text static, l list<int>, fm frozen<map<text, int>>,
    tp tuple<int, text>, ad frozen<address>, PRIMARY KEY (k, c, d));
  CREATE TABLE n (k int PRIMARY KEY, v text);
  CREATE TABLE counts (k text PRIMARY KEY, n counter)`;

const strings = fc.oneof(
  fc.constantFrom(
    "''",
    "'a'",
    "'it''s'",
    "'é'",
    "$$it''s$$",
    "'now'",
    "'NOW'",
    "'2011-02-03'",
    "'2011-02-03 04:05:06+0000'",
    "'08:12:54'",
  ),
  fc.constantFrom("'127.0.0.1'", "'::1'", "'1:x'", "'\ud800'", "'a", "'null'"),
  fc.string().map((text) => `'${text.replaceAll("'", "''")}'`),
);
const numbers = fc.oneof(
  fc.constantFrom(
    '0',
    '-0',
    '1',
    '7',
    '-1',
    '127',
    '128',
    '32768',
    '2147483647',
    '2147483648',
    '999999999999999',
    '9223372036854775807',
  ),
  fc.constantFrom(
    '9223372036854775808',
    '1.5',
    '-0.0',
    '1.',
    '1e3',
    '1e39',
    '1e999',
    'NaN',
    'Infinity',
    '-Infinity',
    '007',
    '1..2',
    '1d',
    '--1',
  ),
  fc.double().map(String),
);
const others = fc.oneof(
  fc.constantFrom(
    'true',
    'FALSE',
    'null',
    'NULL',
    '0x',
    '0xCAFE',
    '0xabc',
    '1h30m',
    'P1D',
    '[1, 2]',
    "{'a': 1}",
    "(1, 'x')",
    '(int)1',
    '?',
  ),
  fc.constantFrom('now()', 'uuid()', '1 + 1', "{street: 's', number: 1}", 'a0eebc99-9c0b-11ee-8b6d-6bb9bd380a11', 'text', ''),
  fc.uuid(),
);
const literal = fc.oneof(strings, numbers, others);

/** What a column is most often given. */
const usual: Readonly<Record<string, fc.Arbitrary<string>>> = {
  k: fc.constantFrom("'a'", "'b'", "'é'", "''", '$$a$$'),
  c: fc.constantFrom('1', '-5', "'2011-02-03'", '1700000000000', "'now'"),
  d: fc.constantFrom('1', '2', '-3'),
  a: strings,
  b: fc.constantFrom('0x', '0xCAFE', '0xcafe00'),
  big: numbers,
  dbl: numbers,
  u: fc.uuid(),
  st: strings,
};
const valueOfColumn = (column: string) =>
  fc.oneof(
    { weight: 6, arbitrary: usual[column] ?? literal },
    { weight: 1, arbitrary: literal },
    { weight: 1, arbitrary: fc.constant('null') },
  );

const columns = 'a b big bool dbl fl sm ti vi de u tu dt tm ip du st l fm tp ad'.split(' ');
const gap = fc.constantFrom(' ', ' ', ' ', '\n', ' /* a */ ', '');

/** Fills each `$column` of a template with a value for it. */
function filled(template: string): fc.Arbitrary<string> {
  const pieces = template.split(/(\$\w+)/);
  return fc
    .tuple(...pieces.map((piece) => (piece.startsWith('$') ? valueOfColumn(piece.slice(1)) : fc.constant(piece))))
    .map((all) => all.join(''));
}

const templates: fc.Arbitrary<string> = fc.oneof(
  fc
    .record({
      names: fc.subarray(columns, { maxLength: 3 }),
      using: fc.constantFrom('', ' USING TTL $d', ' USING TIMESTAMP $big AND TTL $d'),
      gap,
    })
    .map(
      ({ names, using, gap: g }) =>
        `INSERT INTO t (${['k', 'c', 'd', ...names].join(', ')}) VALUES (${['k', 'c', 'd', ...names].map((n) => `$${n}`).join(`,${g}`)})${using}`,
    ),
  fc
    .record({ names: fc.subarray(columns, { minLength: 1, maxLength: 2 }), using: fc.constantFrom('', ' USING TIMESTAMP $big') })
    .map(
      ({ names, using }) =>
        `UPDATE t${using} SET ${names.map((n) => `${n} = $${n}`).join(', ')} WHERE k = $k AND c = $c AND d=$d`,
    ),
  fc.constantFrom(
    'DELETE FROM t WHERE k = $k',
    'DELETE FROM t USING TIMESTAMP $big WHERE k = $k AND c >= $c AND c < $c;',
    'DELETE a, b FROM t WHERE k = $k AND c = $c AND d = $d',
    'SELECT * FROM t WHERE k = $k',
    'SELECT k, c, d, a, writetime(a) FROM ks.t WHERE k=$k AND c > $c LIMIT 3',
    'SELECT d FROM t WHERE k = $k AND c = $c AND d <= $d ORDER BY c DESC',
    'SELECT a FROM t WHERE dbl = $dbl AND a = $a ALLOW FILTERING',
    'SELECT k FROM t WHERE k IN ($k, $k) AND c = $c',
    'INSERT INTO n (k, v) VALUES ($d, $a)',
    'INSERT INTO n (k, v) VALUES ($d, $a) IF NOT EXISTS',
    'UPDATE counts SET n = n + 1 WHERE k = $k',
    'UPDATE counts SET n = n - $d WHERE k = $k',
    'INSERT INTO other (k) VALUES ($k)',
    'SELECT nothing FROM t WHERE k = $k',
  ),
);

/** Two texts of a template, so that the second may find what the first has left. */
const pair = templates.chain((template) => fc.array(filled(template), { minLength: 2, maxLength: 4 }));

/** Text with one of its characters left out, doubled, or replaced. */
const broken = fc
  .tuple(pair, fc.nat(), fc.constantFrom('', "'", ' ', ')', '?', '1', '--', '$', 'x', '.'), fc.boolean())
  .map(([texts, at, added, inPlace]) =>
    texts.map((text, n) => {
      const i = at % text.length;
      return n === 0 ? text : text.slice(0, i) + added + text.slice(inPlace ? i + 1 : i);
    }),
  );

/** What a statement comes to: rows or an error, and the bytes that it wrote. */
async function outcome(db: Database, text: string, options: { readonly tracing?: boolean }): Promise<unknown> {
  const written: string[] = [];
  const apply = vi.spyOn(db.engine, 'apply').mockImplementation(function (this: unknown, ...args) {
    written.push(Buffer.from(args[0]).toString('hex'));
    return original.apply(db.engine, args);
  });
  const original = Object.getPrototypeOf(db.engine).apply as Database['engine']['apply'];
  try {
    const result = await db.execute(text, null, options);
    return { rows: plainRows(result), columns: result.columns, written };
  } catch (error) {
    if (!(error instanceof CassetteError)) throw error;
    const { trace: _, ...data } = error.data;
    return { name: error.name, code: error.code, message: error.message, data, written };
  } finally {
    apply.mockRestore();
  }
}

/** By chance tables have ids of their own; afterwards there is none. */
async function opened(): Promise<Awaited<ReturnType<typeof testDatabase>>> {
  const seeded = seededRandom(7);
  let random = seeded;
  const made = await testDatabase(SCHEMA, { random: () => random() });
  random = () => 0.5;
  return made;
}

test('texts with constants have the same rows, bytes and errors by their shape as by plans of their own', {
  timeout: 900_000,
}, async () => {
  let matched = 0;
  const match = ShapeCache.prototype.match;
  const spy = vi.spyOn(ShapeCache.prototype, 'match').mockImplementation(function (this: ShapeCache, ...args) {
    const shape = match.apply(this, args);
    if (shape !== null) matched++;
    return shape;
  });
  const [fast, ordinary] = [await opened(), await opened()];
  const next = ({ clock, db }: { clock: TestClock; db: Database }, text: string, options: { readonly tracing?: boolean }) => {
    // Where a time is used up in vain that of the next statement is the same all the same.
    clock.advance(1);
    return outcome(db, text, options);
  };
  try {
    await fc.assert(
      fc.asyncProperty(fc.oneof({ weight: 3, arbitrary: pair }, { weight: 1, arbitrary: broken }), async (texts) => {
        for (const text of texts) {
          // Traced statements go the ordinary way.
          const expected = await next(ordinary, text, { tracing: true });
          expect(await next(fast, text, {})).toEqual(expected);
        }
      }),
      { numRuns: 500 },
    );
    expect(matched).toBeGreaterThan(100);
  } finally {
    spy.mockRestore();
    await fast.db.close();
    await ordinary.db.close();
  }
});
