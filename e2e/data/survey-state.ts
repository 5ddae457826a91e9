// What a store may hold after a crash, told from the operations that were sent and those that were acknowledged.

import type { Operation } from './survey.ts';

/** A row as a page reads it, by column; only what the checks look at. */
export type ReadRow = Readonly<Record<string, { readonly json: string | null } | null>>;

/** What is wrong with a store, in sentences; empty when nothing is. */
export function checkSurvivors(
  operations: readonly Operation[],
  acknowledged: ReadonlySet<number>,
  rows: { readonly flights: readonly ReadRow[]; readonly earthquakes: readonly ReadRow[] },
): string[] {
  const present = new Map<string, ReadRow>();
  const text = (cell: { json: string | null } | null) => (cell?.json ? JSON.parse(cell.json) : null);
  for (const row of rows.flights) {
    if (row['id'] !== null) present.set(`flights/${text(row['origin'])}/${text(row['id'])}`, row);
    if (row['airport'] !== null) present.set(`flights/${text(row['origin'])}`, row);
  }
  for (const row of rows.earthquakes) {
    present.set(`earthquakes/${text(row['network'])}/${text(row['magnitude_type'])}/${text(row['id'])}`, row);
  }

  const byRow = new Map<string, number[]>();
  operations.forEach(({ row }, index) => {
    const indexes = byRow.get(row);
    if (indexes) indexes.push(index);
    else byRow.set(row, [index]);
  });
  const wrong: string[] = [];
  for (const [name, indexes] of byRow) {
    // What the last acknowledged operation left, and every later one that may have been carried out or not.
    let last = -1;
    indexes.forEach((index, i) => {
      if (acknowledged.has(index)) last = i;
    });
    const there = (i: number) => i >= 0 && operations[indexes[i]].kind !== 'delete';
    const allowed = new Set([there(last), ...indexes.slice(last + 1).map((_, i) => there(last + 1 + i))]);
    if (!allowed.has(present.has(name))) {
      wrong.push(
        `${name} is ${present.has(name) ? 'there' : 'missing'} after ${indexes.map((i) => `${operations[i].kind}${acknowledged.has(i) ? '' : '?'}`)}`,
      );
    }
  }
  for (const name of present.keys()) if (!byRow.has(name)) wrong.push(`${name} was never written`);
  // Whole or not at all: an insert brings all of its columns.
  for (const { row, kind, params } of operations) {
    const found = present.get(row);
    if (found && kind === 'insert' && row.startsWith('flights/') && text(found['distance']) !== params[5])
      wrong.push(`${row} has half of its columns`);
  }
  return wrong;
}
