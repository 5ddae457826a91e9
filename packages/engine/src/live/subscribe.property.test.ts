import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { LiveMirror, liveDatabase, settled } from './testing/live-mirror.ts';

const QUERIES = [
  'SELECT * FROM t',
  'SELECT k, c, v FROM t WHERE k = 1',
  'SELECT c, m FROM t WHERE k IN (2, 0) AND c > 1',
  'SELECT k, c FROM t WHERE v = 1 ALLOW FILTERING',
  'SELECT v FROM t WHERE k = 1 AND c IN (1, 3) ORDER BY c DESC',
  'SELECT DISTINCT k, s FROM t',
  'SELECT s, v FROM t PER PARTITION LIMIT 2',
  'SELECT k, c, v FROM t LIMIT 3',
  'SELECT k, count(*), sum(v) FROM t GROUP BY k',
  'SELECT max(v) FROM t WHERE k = 0',
  'SELECT k, c FROM t WHERE k IN (0, 1, 2) ORDER BY c DESC LIMIT 4',
  'SELECT k, s FROM t WHERE token(k) > 0',
  'SELECT s FROM t WHERE s = 1 ALLOW FILTERING',
  'SELECT c FROM t WHERE k = 2',
  'SELECT k, v FROM t WHERE k = 3 AND c = 1',
];

const small = fc.integer({ min: 0, max: 3 });
const ttl = fc.constantFrom('', ' USING TTL 5', ' USING TTL 20');

const step = fc.oneof(
  fc.tuple(small, small, small, ttl).map(([k, c, v, using]) => `INSERT INTO t (k, c, v) VALUES (${k}, ${c}, ${v})${using}`),
  fc.tuple(small, small, small, ttl).map(([k, c, v, using]) => `UPDATE t${using} SET v = ${v} WHERE k = ${k} AND c = ${c}`),
  fc.tuple(small, small, small).map(([k, c, v]) => `UPDATE t SET m = m + {${v}: ${c}} WHERE k = ${k} AND c = ${c}`),
  fc.tuple(small, small, ttl).map(([k, s, using]) => `UPDATE t${using} SET s = ${s} WHERE k = ${k}`),
  fc.tuple(small, small).map(([k, c]) => `DELETE FROM t WHERE k = ${k} AND c = ${c}`),
  fc.tuple(small, small).map(([k, c]) => `DELETE FROM t WHERE k = ${k} AND c >= ${c}`),
  fc.tuple(small, small).map(([k, c]) => `DELETE v FROM t WHERE k = ${k} AND c = ${c}`),
  small.map((k) => `DELETE FROM t WHERE k = ${k}`),
  small.map((k) => `DELETE s FROM t WHERE k = ${k}`),
  fc.constantFrom('FLUSH', 'TRUNCATE t', 'WAIT 3', 'WAIT 12', "ALTER TABLE t WITH comment = 'x'"),
);

test('rows kept by patches alone are what execute answers, in its order, and there is a patch only when they changed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { maxLength: 12 }), async (turns) => {
      const { db, clock, scheduler } = await liveDatabase(
        'CREATE TABLE t (k int, c int, s int STATIC, v int, m map<int, int>, PRIMARY KEY (k, c));',
      );
      const mirrors = QUERIES.map((query) => new LiveMirror(db, query));
      await settled();
      for (const turn of turns) {
        const before = mirrors.map(({ values, patches }) => ({ values, patches: patches.length }));
        for (const text of turn) {
          if (text === 'FLUSH') await db.flush();
          else if (text.startsWith('WAIT')) {
            clock.advance(Number(text.slice(5)));
            scheduler.runTimers();
          } else await db.execute(text);
        }
        await settled();
        // Timers that were set by what was written just before the time went on.
        scheduler.runTimers();
        await settled();
        for (const [i, query] of QUERIES.entries()) {
          const { values, patches } = mirrors[i];
          expect(values, query).toEqual((await db.execute(query)).rows.map((row) => row.values()));
          const same = JSON.stringify(values, plain) === JSON.stringify(before[i].values, plain);
          if (turn.length === 1) expect(patches.length - before[i].patches, query).toBe(same ? 0 : 1);
        }
      }
      expect(mirrors.flatMap(({ errors }) => errors)).toEqual([]);
      await db.close();
    }),
    { numRuns: 25 },
  );
});

function plain(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value instanceof Map ? [...value] : value;
}
