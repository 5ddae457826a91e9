import { seededRandom } from '../../packages/storage/src/testing/index.ts';

/**
 * A script on a table `t (k int, c int, s int static, sm map<int, int> static, v int, w text, m map<int, text>, st set<int>, f frozen<list<int>>)`:
 * writes and deletions of every kind, with timestamps that come in any order and TTLs, flushes between them, and three major
 * compactions as time goes on past `gcGraceSeconds`. The same for the same seed.
 */
export function compactionScript(seed: number, statements: number, gcGraceSeconds: number): string {
  const random = seededRandom(seed);
  const below = (bound: number) => Math.floor(random() * bound);
  let seconds = 1_700_000_000;
  const lines: string[] = [];
  for (let n = 0; n < statements; n++) {
    lines.push(`${statement(below)};`);
    if (below(60) === 0) lines.push('-- FLUSH');
    if (below(20) === 0) {
      seconds += below(30);
      lines.push(`-- CLOCK ${seconds}`);
    }
    if (n % Math.ceil(statements / 3) !== Math.ceil(statements / 3) - 1) continue;
    seconds += below(2 * gcGraceSeconds + 2);
    lines.push(`-- CLOCK ${seconds}`, '-- COMPACT');
  }
  lines.push('-- COMPACT');
  return `${lines.join('\n')}\n`;
}

function statement(below: (bound: number) => number): string {
  const timestamp = 1000 + below(400);
  const ttl = below(4) === 0 ? ` AND TTL ${1 + below(200)}` : '';
  const using = `USING TIMESTAMP ${timestamp}`;
  const key = `k = ${below(12)}`;
  const row = `${key} AND c = ${below(30)}`;
  const from = below(30);
  const number = () => below(1000);
  const range = () => `c ${below(2) ? '>' : '>='} ${from} AND c ${below(2) ? '<' : '<='} ${from + 1 + below(10)}`;
  const kinds: readonly (() => string)[] = [
    () => `INSERT INTO t (k, c, v, w) VALUES (${below(12)}, ${below(30)}, ${number()}, 'w${number()}') ${using}${ttl}`,
    () =>
      `INSERT INTO t (k, c, m, st) VALUES (${below(12)}, ${below(30)}, {1: 'a', ${2 + below(4)}: 'b'}, {${below(9)}, 3}) ${using}${ttl}`,
    () => `UPDATE t ${using}${ttl} SET v = ${number()}, f = [${number()}, 2] WHERE ${row}`,
    () => `UPDATE t ${using}${ttl} SET w = 'x', st = st + {${below(9)}} WHERE ${row}`,
    () => `UPDATE t ${using}${ttl} SET m[${below(5)}] = 'y${number()}' WHERE ${row}`,
    () => `UPDATE t ${using}${ttl} SET s = ${number()}, sm = sm + {${below(4)}: 1} WHERE ${key}`,
    () => `UPDATE t ${using} SET m = m - {${below(5)}}, v = null WHERE ${row}`,
    () => `UPDATE t ${using} SET st = {${below(9)}} WHERE ${row}`,
    () => `UPDATE t ${using} SET sm = null WHERE ${key}`,
    () => `DELETE w FROM t ${using} WHERE ${row}`,
    () => `DELETE FROM t ${using} WHERE ${row}`,
    () => `DELETE FROM t ${using} WHERE ${key} AND ${range()}`,
    () => (below(4) === 0 ? `DELETE FROM t ${using} WHERE ${key}` : `DELETE s FROM t ${using} WHERE ${key}`),
  ];
  return kinds[below(kinds.length)]();
}
