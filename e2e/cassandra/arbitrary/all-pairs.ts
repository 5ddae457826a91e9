import type { ScriptStep } from '../cql-script.ts';

// Every pair of operations on one row, and every pair of range deletions, at timestamps that are equal and that are not: each pair has
// a partition of its own.

/** What can be done to a row; `$k` stands for its partition, `$t` for the timestamp. */
const operations = [
  'INSERT INTO $table (k, c) VALUES ($k, 1) USING TIMESTAMP $t',
  'INSERT INTO $table (k, c, v) VALUES ($k, 1, 1) USING TIMESTAMP $t',
  'INSERT INTO $table (k, c, v) VALUES ($k, 1, 2) USING TIMESTAMP $t AND TTL 30',
  'INSERT INTO $table (k, c, v, s, m) VALUES ($k, 1, 2, 3, {1: 5, 2: 2}) USING TIMESTAMP $t AND TTL 90',
  'UPDATE $table USING TIMESTAMP $t SET v = 1 WHERE k = $k AND c = 1',
  'UPDATE $table USING TIMESTAMP $t SET v = -2 WHERE k = $k AND c = 1',
  'UPDATE $table USING TIMESTAMP $t AND TTL 30 SET v = 1 WHERE k = $k AND c = 1',
  'UPDATE $table USING TIMESTAMP $t AND TTL 35 SET v = 1 WHERE k = $k AND c = 1',
  'UPDATE $table USING TIMESTAMP $t SET v = null, s = null WHERE k = $k AND c = 1',
  'DELETE FROM $table USING TIMESTAMP $t WHERE k = $k AND c = 1',
  'DELETE FROM $table USING TIMESTAMP $t WHERE k = $k AND c >= 1 AND c <= 1',
  'DELETE FROM $table USING TIMESTAMP $t WHERE k = $k AND c > 0',
  'DELETE FROM $table USING TIMESTAMP $t WHERE k = $k',
  'UPDATE $table USING TIMESTAMP $t SET s = 1 WHERE k = $k',
  'UPDATE $table USING TIMESTAMP $t SET m = {1: 1} WHERE k = $k AND c = 1',
  'UPDATE $table USING TIMESTAMP $t SET m = m + {1: 2, 3: 3} WHERE k = $k AND c = 1',
  'DELETE m[1] FROM $table USING TIMESTAMP $t WHERE k = $k AND c = 1',
  'DELETE m FROM $table USING TIMESTAMP $t WHERE k = $k AND c = 1',
];

const timestamps = [
  [1000, 1000],
  [1000, 1001],
  [1001, 1000],
] as const;

/** Seconds that pass between the first and the second of a pair. */
const PAUSE = 5;

/** Two statements on one partition. */
type Pair = readonly [first: string, second: string];

/** A table whose pairs are executed one way. */
export interface PairsTable {
  readonly name: string;
  readonly schemaCql: string;
  readonly steps: readonly ScriptStep[];
}

/** Every pair in one memtable, over two SSTables, and in one batch; and every pair of ranges, in both orders of a clustering. */
export function allPairs(clock: number): PairsTable[] {
  const columns = 'k int, c int, s int static, v int, m map<int, int>, PRIMARY KEY (k, c)';
  const table = (name: string, steps: (pairs: readonly Pair[]) => ScriptStep[]): PairsTable => ({
    name,
    schemaCql: `CREATE TABLE ${name} (${columns});\n`,
    steps: [{ clock }, ...steps(pairsOf(operations, name)), { flush: name }],
  });
  const apart = (between: readonly ScriptStep[]) => (pairs: readonly Pair[]) => [
    ...pairs.map(([cql]) => ({ cql })),
    { clock: clock + PAUSE },
    ...between,
    ...pairs.map(([, cql]) => ({ cql })),
  ];
  const inBatches = (pairs: readonly Pair[]) => pairs.map(([a, b]) => ({ cql: `BEGIN BATCH ${a}; ${b}; APPLY BATCH` }));
  return [
    table('together', apart([])),
    table('flushed', apart([{ flush: 'flushed' }])),
    table('batched', inBatches),
    rangesTable('ranges', 'ASC', clock),
    rangesTable('ranges_desc', 'DESC', clock),
  ];
}

function pairsOf(templates: readonly string[], table: string): Pair[] {
  const pairs: Pair[] = [];
  for (const first of templates) {
    for (const second of templates) {
      for (const [a, b] of timestamps) {
        const k = String(pairs.length);
        const fill = (template: string, t: number) =>
          template.replaceAll('$table', table).replaceAll('$k', k).replaceAll('$t', String(t));
        pairs.push([fill(first, a), fill(second, b)]);
      }
    }
  }
  return pairs;
}

function rangesTable(name: string, order: 'ASC' | 'DESC', clock: number): PairsTable {
  const starts = ['', ' AND c > 1', ' AND c >= 1', ' AND c >= 2'];
  const ends = ['', ' AND c < 2', ' AND c <= 2', ' AND c <= 3'];
  const templates = starts.flatMap((start) =>
    ends.map((end) => `DELETE FROM $table USING TIMESTAMP $t WHERE k = $k${start}${end}`),
  );
  const pairs = pairsOf(templates, name);
  const steps: ScriptStep[] = pairs.flatMap(([a, b], k) => [
    { cql: `INSERT INTO ${name} (k, c, v) VALUES (${k}, 2, ${k}) USING TIMESTAMP ${k % 2 === 0 ? 999 : 1001}` },
    { cql: a },
    { cql: b },
  ]);
  return {
    name,
    schemaCql: `CREATE TABLE ${name} (k int, c int, v int, PRIMARY KEY (k, c)) WITH CLUSTERING ORDER BY (c ${order});\n`,
    steps: [{ clock }, ...steps, { flush: name }],
  };
}
