import type { Database } from '../database/index.ts';
import type { Chance } from './chance.ts';
import type { ModelRow } from './model/rich-table.ts';
import { CLUSTERINGS, KEYS } from './model/statements.ts';
import type { World } from './model/world.ts';
import { addedColumns, KEYSPACE, modelRow, selectorsOf } from './read-store.ts';
import { MAIN } from './workload.ts';

/** A SELECT and what it is to answer, row by row in its order. */
interface ReadShape {
  readonly query: string;
  readonly params: readonly unknown[];
  readonly expected: (world: World) => readonly string[];
  /** Rows of several partitions come in the order of tokens, which the model does not know. */
  readonly isUnordered?: boolean;
  readonly page?: number;
}

/**
 * Asks for something in one of many ways. Throws where the answer is one that none of the worlds gives. `isAtOnce`: only what is read of
 * one moment, one page of one partition.
 */
export async function checkRead(
  db: Database,
  chance: Chance,
  seconds: number,
  worlds: () => Iterable<World>,
  isAtOnce = false,
): Promise<void> {
  let shape = randomShape(db, chance, seconds);
  while (isAtOnce && (shape.isUnordered === true || shape.page !== undefined)) shape = randomShape(db, chance, seconds);
  const { query, params, expected, isUnordered = false, page } = shape;
  const answer: string[] = [];
  const added = addedColumns(db, MAIN);
  const textOf = (row: Parameters<typeof modelRow>[0]) =>
    row['count'] !== undefined
      ? `${row['count']}`
      : row['only'] !== undefined
        ? `${row['only']}/${row['st']}`
        : JSON.stringify(modelRow(row, added));
  const options = { nowInSeconds: seconds, ...(page !== undefined && { fetchSize: page }) };
  let result = await db.execute(query, params, options);
  for (const row of result.rows) answer.push(textOf(row));
  while (result.pageState !== null) {
    result = await db.execute(query, params, { ...options, pageState: result.pageState });
    for (const row of result.rows) answer.push(textOf(row));
  }
  const shown = (isUnordered ? answer.sort() : answer).join('\n');
  const wanted: string[] = [];
  for (const world of worlds()) {
    const rows = [...expected(world)];
    wanted.push((isUnordered ? rows.sort() : rows).join('\n'));
    if (shown === wanted[wanted.length - 1]) return;
  }
  throw new Error(`${query} with ${JSON.stringify(params)} answered\n${shown}\nand not\n${wanted[0]}`);
}

function randomShape(db: Database, chance: Chance, seconds: number): ReadShape {
  const table = `${KEYSPACE}.${MAIN}`;
  const selectors = selectorsOf(addedColumns(db, MAIN));
  const k = chance.below(KEYS);
  const c = chance.below(CLUSTERINGS);
  const texts = (rows: readonly ModelRow[]) => rows.map((row) => JSON.stringify(row));
  const of = (world: World, key = k) => world.table(MAIN).rowsOf(key, seconds);
  const page = chance.is(0.4) ? 1 + chance.below(5) : undefined;
  const paged = page === undefined ? {} : { page };
  switch (chance.below(9)) {
    case 0:
      return {
        query: `SELECT ${selectors} FROM ${table} WHERE k = ?`,
        params: [k],
        expected: (world) => texts(of(world)),
        ...paged,
      };
    case 1:
      return {
        query: `SELECT ${selectors} FROM ${table} WHERE k = ? AND c = ?`,
        params: [k, c],
        expected: (world) => texts(of(world).filter((row) => row.c === c)),
      };
    case 2: {
      const to = c + 1 + chance.below(4);
      const isDescending = chance.is(0.5);
      const order = isDescending ? ' ORDER BY c DESC' : '';
      return {
        query: `SELECT ${selectors} FROM ${table} WHERE k = ? AND c >= ? AND c < ?${order}`,
        params: [k, c, to],
        expected: (world) => {
          const rows = of(world).filter((row) => row.c !== null && row.c >= c && row.c < to);
          return texts(isDescending ? rows.reverse() : rows);
        },
        ...paged,
      };
    }
    case 3: {
      const limit = 1 + chance.below(4);
      return {
        query: `SELECT ${selectors} FROM ${table} WHERE k = ? ORDER BY c DESC LIMIT ?`,
        params: [k, limit],
        expected: (world) => texts(of(world).reverse().slice(0, limit)),
      };
    }
    case 4:
      return {
        query: `SELECT ${selectors} FROM ${table} WHERE k IN (?, ?)`,
        params: [k, (k + 1) % KEYS],
        expected: (world) => texts([...of(world), ...of(world, (k + 1) % KEYS)]),
        isUnordered: true,
      };
    case 5:
      return {
        query: `SELECT ${selectors} FROM ${table} WHERE k = ? AND c IN (?, ?)`,
        params: [k, c, c + 2],
        expected: (world) => texts(of(world).filter((row) => row.c === c || row.c === c + 2)),
      };
    case 6:
      return {
        query: `SELECT count(*) AS count FROM ${table} WHERE k = ?`,
        params: [k],
        expected: (world) => [`${of(world).length}`],
      };
    case 7: {
      const v = chance.below(1000);
      return {
        query: `SELECT ${selectors} FROM ${table} WHERE k = ? AND v > ? ALLOW FILTERING`,
        params: [k, v],
        expected: (world) => texts(of(world).filter((row) => row.v !== null && row.v > v)),
        ...paged,
      };
    }
    default:
      return {
        query: `SELECT ${selectors} FROM ${table}`,
        params: [],
        expected: (world) => texts(world.table(MAIN).rows(seconds)),
        isUnordered: true,
        ...paged,
      };
  }
}
