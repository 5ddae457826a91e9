import type { CellFact, RowFact, Update } from './table-model.ts';
import { CLUSTERINGS } from './table-model.ts';

/** Columns of `everythingTable` in storage order: regular t, v, m, s; static sv, sm. */
const REGULAR = { t: 0, v: 1, m: 2, s: 3 } as const;
const STATIC = { sv: 0, sm: 1 } as const;

type Random = () => number;

function below(random: Random, bound: number): number {
  return Math.floor(random() * bound);
}

/** Few keys, few clusterings, few timestamps: so that everything meets everything, ties included. */
export function randomUpdate(random: Random, options: { readonly keys?: number; readonly timestamps?: number } = {}): Update {
  const { keys = 3, timestamps = 12 } = options;
  // Tens, so that the deletion before an overwrite, a microsecond earlier, ties with no other kind of deletion: what becomes of it
  // then depends in Cassandra on whether memtable or merge comes across it.
  const timestamp = () => 10 * (1 + below(random, timestamps));
  const what = random();
  const ranges =
    what < 0.15 ? Array.from({ length: 1 + below(random, 3) }, () => ({ ...randomEnds(random), timestamp: timestamp() })) : [];
  const rows: RowFact[] = [];
  if (what >= 0.1) for (let n = 1 + below(random, 3); n > 0; n--) rows.push(randomRow(random, timestamp()));
  return { key: below(random, keys), partitionDeletion: random() < 0.04 ? timestamp() : null, ranges, rows };
}

function randomEnds(random: Random): Pick<Update['ranges'][number], 'from' | 'to'> {
  const end = () => (random() < 0.15 ? null : { value: below(random, CLUSTERINGS), inclusive: random() < 0.5 });
  let from = end();
  let to = end();
  if (from !== null && to !== null && from.value > to.value) [from, to] = [to, from];
  // CQL never makes an empty range: the statement is answered before.
  if (from !== null && to !== null && from.value === to.value) {
    from = { value: from.value, inclusive: true };
    to = { value: to.value, inclusive: true };
  }
  return { from, to };
}

function randomRow(random: Random, timestamp: number): RowFact {
  const isStatic = random() < 0.15;
  const clustering = isStatic ? null : below(random, CLUSTERINGS);
  if (!isStatic && random() < 0.12) return { clustering, liveness: null, deletion: timestamp, cells: [] };
  const expiring = random() < 0.2;
  const cells = isStatic ? staticCells(random, timestamp, expiring) : regularCells(random, timestamp, expiring);
  const inserts = !isStatic && random() < 0.5;
  return { clustering, liveness: inserts ? { timestamp, expiring } : null, deletion: null, cells };
}

function regularCells(random: Random, timestamp: number, expiring: boolean): CellFact[] {
  const cells: CellFact[] = [];
  if (random() < 0.5) cells.push(simpleCell(random, REGULAR.t, timestamp, expiring, 'abc'[below(random, 3)]));
  if (random() < 0.6) cells.push(simpleCell(random, REGULAR.v, timestamp, expiring, `#${below(random, 4)}`));
  if (random() < 0.4) cells.push(...complexCells(random, REGULAR.m, timestamp, expiring, true));
  if (random() < 0.3) cells.push(...complexCells(random, REGULAR.s, timestamp, expiring, false));
  return cells;
}

function staticCells(random: Random, timestamp: number, expiring: boolean): CellFact[] {
  const cells: CellFact[] = [];
  if (random() < 0.7) cells.push(simpleCell(random, STATIC.sv, timestamp, expiring, `#${below(random, 4)}`));
  if (random() < 0.5) cells.push(...complexCells(random, STATIC.sm, timestamp, expiring, true));
  return cells;
}

function simpleCell(random: Random, column: number, timestamp: number, expiring: boolean, value: string): CellFact {
  if (random() < 0.2) return { column, path: null, kind: 'tombstone', timestamp, value: '' };
  return { column, path: null, kind: expiring ? 'expiring' : 'live', timestamp, value };
}

/** An overwrite (deletion of a microsecond before, then elements), an addition of elements, or their removal. */
function complexCells(random: Random, column: number, timestamp: number, expiring: boolean, isMap: boolean): CellFact[] {
  const cells: CellFact[] = [];
  if (random() < 0.3) cells.push({ column, path: null, kind: 'deletesColumn', timestamp: timestamp - 1, value: '' });
  for (let key = 0; key < 4; key++) {
    if (random() < 0.6) continue;
    const path = isMap ? `#${key}` : 'wxyz'[key];
    if (random() < 0.25) cells.push({ column, path, kind: 'tombstone', timestamp, value: '' });
    else
      cells.push({ column, path, kind: expiring ? 'expiring' : 'live', timestamp, value: isMap ? 'pqr'[below(random, 3)] : '' });
  }
  return cells;
}
