import { MemoryStorage } from '@cassette/storage';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Database, openDatabase } from '../database/index.ts';
import { type ExportedFiles, exportFiles, loadExports } from '../testing/load-exports.ts';
import type { ExportOptions } from './export-options.ts';

// Two stores execute the same statements. One keeps everything; the other compacts, purges, exports since earlier exports, is told that
// these arrived, drops what they have, and is opened again. What a cluster that loaded a chain of exports then answers is what the first
// store does, in whatever order it loaded them.

const SCHEMA = `
  CREATE TABLE k.t (a int, b int, s int static, v int, m map<int, int>, PRIMARY KEY (a, b))
    WITH gc_grace_seconds = 10 AND compaction = {'class': 'SizeTieredCompactionStrategy', 'min_threshold': 2};
  CREATE TABLE k.u (a int PRIMARY KEY, v int) WITH gc_grace_seconds = 0;
`;
const KEYSPACE = "CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};";

type Step =
  | { readonly cql: string }
  | { readonly wait: number }
  | { readonly do: 'flush' | 'compact' | 'reopen' }
  | {
      readonly export: ExportOptions;
      readonly back: number;
      readonly confirm: 'no' | 'yes' | 'drop';
      readonly during: readonly Step[];
    };

const small = fc.integer({ min: 0, max: 3 });
const using = fc
  .record({ timestamp: fc.integer({ min: 1, max: 40 }), ttl: fc.option(fc.integer({ min: 1, max: 30 })) })
  .map(({ timestamp, ttl }) => ({ write: `USING TIMESTAMP ${timestamp}${ttl === null ? '' : ` AND TTL ${ttl}`}`, timestamp }));
const statement = fc.tuple(small, small, small, using, fc.nat(8)).map(([a, b, v, { write, timestamp }, kind]) => {
  const at = `USING TIMESTAMP ${timestamp}`;
  return [
    `INSERT INTO k.t (a, b, v) VALUES (${a}, ${b}, ${v}) ${write}`,
    `UPDATE k.t ${write} SET v = ${v}, s = ${b} WHERE a = ${a} AND b = ${b}`,
    `UPDATE k.t ${write} SET m[${v}] = ${b} WHERE a = ${a} AND b = ${b}`,
    `DELETE m[${v}], v FROM k.t ${at} WHERE a = ${a} AND b = ${b}`,
    `DELETE FROM k.t ${at} WHERE a = ${a} AND b = ${b}`,
    `DELETE FROM k.t ${at} WHERE a = ${a} AND b > ${b}`,
    `DELETE FROM k.t ${at} WHERE a = ${a}`,
    `INSERT INTO k.u (a, v) VALUES (${a}, ${v}) ${write}`,
    `DELETE FROM k.u ${at} WHERE a = ${a}`,
  ][kind];
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: statement.map((cql) => ({ cql })) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 25 }).map((wait) => ({ wait })) },
  { weight: 6, arbitrary: fc.constantFrom('flush', 'flush', 'compact', 'reopen').map((what) => ({ do: what as 'flush' })) },
  {
    weight: 4,
    arbitrary: fc.record({
      export: fc.record({ compact: fc.boolean(), format: fc.constantFrom('nb' as const, 'da' as const) }),
      back: fc.integer({ min: 0, max: 2 }),
      confirm: fc.constantFrom('no' as const, 'yes' as const, 'drop' as const),
      during: fc.array(
        fc.oneof(
          statement.map((cql) => ({ cql })),
          fc.constantFrom('flush' as const, 'compact' as const).map((what) => ({ do: what })),
        ),
        { maxLength: 4 },
      ),
    }),
  },
);

class Clock {
  seconds = 1_700_000_000;
  readonly nowMicros = () => this.seconds * 1_000_000;
}

async function rowsOf(database: Database, nowInSeconds: number): Promise<unknown[]> {
  const rows: unknown[] = [];
  for (const query of [
    'SELECT a, b, s, v, m, WRITETIME(s) AS ws, WRITETIME(v) AS wv, TTL(v) AS tv FROM k.t',
    'SELECT a, v, WRITETIME(v) AS wv FROM k.u',
  ]) {
    for (const row of await database.execute(query, [], { nowInSeconds })) rows.push(JSON.stringify(row, printed));
  }
  return rows;
}

const printed = (_: string, value: unknown) => {
  if (typeof value === 'bigint') return String(value);
  return value instanceof Map ? [...value] : value;
};

test('a chain of exports, loaded in any order, is all that was ever written', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), fc.boolean(), async (steps, lastFirst) => {
      const clock = new Clock();
      const storage = new MemoryStorage();
      const open = () => openDatabase({ storage, clock, config: { compaction: { enabled: false } } });
      const everything = await openDatabase({
        storage: new MemoryStorage(),
        clock,
        schema: KEYSPACE + SCHEMA.replaceAll(/gc_grace_seconds = \d+/g, 'gc_grace_seconds = 1000000'),
        config: { compaction: { enabled: false } },
      });
      let database = await open();
      await database.applySchema(KEYSPACE + SCHEMA);
      /** Exports by id, with those that they go on from. */
      const chains = new Map<string, readonly ExportedFiles[]>();
      /** Those that can still be gone on from: what they have may have been dropped, and nothing else. */
      let ids: string[] = [];
      let dropped = false;
      let confirmed = false;
      const go = async (one: Step) => {
        if ('cql' in one) {
          await everything.execute(one.cql);
          await database.execute(one.cql);
        } else if ('wait' in one) {
          clock.seconds += one.wait;
        } else if ('export' in one) {
          // What the cluster has may be purged: an export that goes on from nothing would lack it.
          const since = ids.at(-1 - one.back) ?? (confirmed ? ids[0] : undefined);
          // After a drop only what goes on from what was dropped is all there is.
          const from = dropped ? ids.at(-1) : since;
          const expected = await rowsOf(everything, clock.seconds);
          const options = { ...one.export, ...(from !== undefined && { since: from }) };
          const { report, files } = await exportFiles(database, options, async () => {
            for (const other of one.during) await go(other);
          });
          const chain = [...(from === undefined ? [] : chains.get(from)!), files];
          chains.set(report.id, chain);
          ids.push(report.id);
          const loaded = await loadExports(database.schema, lastFirst ? [...chain].reverse() : chain, clock);
          expect(await rowsOf(loaded, clock.seconds)).toEqual(expected);
          await loaded.close();
          if (one.confirm === 'no') return;
          await database.confirmExported(report.id, { drop: one.confirm === 'drop' });
          // From then on the cluster has it, and an older export is nothing to go on from for those who rely on that.
          ids = [report.id];
          confirmed = true;
          dropped ||= one.confirm === 'drop';
        } else if (one.do === 'reopen') {
          await database.close();
          database = await open();
        } else {
          await database[one.do]();
        }
      };
      // Deletions that were purged before there was any export can't be in one: what is written below them later lives, as it does here.
      await go({ export: {}, back: 0, confirm: 'no', during: [] });
      for (const one of steps) await go(one);
      await go({ export: {}, back: 0, confirm: 'no', during: [] });
      await everything.close();
      await database.close();
    }),
    { numRuns: Number(process.env['CASSETTE_RUNS'] ?? 30) },
  );
});
