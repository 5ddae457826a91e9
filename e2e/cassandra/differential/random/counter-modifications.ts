import type { Draw } from '../../arbitrary/draw.ts';
import { keyValue } from './statement-text.ts';
import { type ColumnKind, columnsOf, type ModelColumn, type ModelTable } from './table-model.ts';

/** UPDATE, DELETE or BATCH of counters; something that they refuse, now and then. */
export function drawCounting(table: ModelTable, draw: Draw): string {
  if (draw.chance(8)) {
    const inside = draw.list(1, 4, () => `${draw.chance(95) ? update(table, draw) : remove(table, draw)};`);
    return `BEGIN ${draw.chance(90) ? 'COUNTER' : 'UNLOGGED'} BATCH ${inside.join(' ')} APPLY BATCH`;
  }
  if (draw.chance(3)) return refused(table, draw);
  return draw.chance(88) ? update(table, draw) : remove(table, draw);
}

function update(table: ModelTable, draw: Draw): string {
  const statics = columnsOf(table, 'static');
  const isStatic = statics.length > 0 && draw.chance(25);
  const counters = isStatic ? statics : columnsOf(table, 'regular', ...(draw.chance(20) ? (['static'] as const) : []));
  const set = draw.some(counters.length > 0 ? counters : statics, 1).map(({ name }) => {
    const by = draw.pick([1n, 2n, 100n, 0n, -5n, 2n ** 62n, draw.bigint(-(2n ** 40n), 2n ** 40n), -(2n ** 63n)]);
    return draw.chance(70) ? `${name} = ${name} ${draw.pick(['+', '-'])} ${by}` : `${name} ${draw.pick(['+=', '-='])} ${by}`;
  });
  return `UPDATE ${table.name} SET ${set.join(', ')} WHERE ${where(table, draw, isStatic ? [] : ['clustering'])}`;
}

function remove(table: ModelTable, draw: Draw): string {
  const statics = columnsOf(table, 'static');
  const columns = draw.chance(50) ? [] : columnsOf(table, 'regular');
  if (statics.length > 0 && draw.chance(20))
    return `DELETE ${draw.pick(statics).name} FROM ${table.name} WHERE ${where(table, draw, [])}`;
  const what = columns.length === 0 ? '' : ` ${draw.pick(columns).name}`;
  return `DELETE${what} FROM ${table.name} WHERE ${where(table, draw, what === '' && draw.chance(40) ? [] : ['clustering'])}`;
}

function where(table: ModelTable, draw: Draw, kinds: readonly ColumnKind[]): string {
  const columns = columnsOf(table, 'partition', ...kinds);
  return columns
    .map((column, index) =>
      index === columns.length - 1 && draw.chance(4)
        ? `${column.name} IN (${draw.some(column.pool, 1).join(', ')})`
        : `${column.name} = ${keyValue(column, draw)}`,
    )
    .join(' AND ');
}

function refused(table: ModelTable, draw: Draw): string {
  const counter: ModelColumn = draw.pick(columnsOf(table, 'static', 'regular'));
  const keys = where(table, draw, counter.kind === 'static' ? [] : ['clustering']);
  return draw.pick([
    `UPDATE ${table.name} USING TIMESTAMP 5 SET ${counter.name} = ${counter.name} + 1 WHERE ${keys}`,
    `UPDATE ${table.name} USING TTL 5 SET ${counter.name} = ${counter.name} + 1 WHERE ${keys}`,
    `UPDATE ${table.name} SET ${counter.name} = 1 WHERE ${keys}`,
    `UPDATE ${table.name} SET ${counter.name} = ${counter.name} + 1 WHERE ${keys} IF EXISTS`,
    `UPDATE ${table.name} SET ${counter.name} = ${counter.name} + null WHERE ${keys}`,
    `DELETE FROM ${table.name} USING TIMESTAMP 5 WHERE ${keys}`,
    `INSERT INTO ${table.name} (${counter.name}) VALUES (1)`,
    `BEGIN BATCH UPDATE ${table.name} SET ${counter.name} = ${counter.name} + 1 WHERE ${keys}; APPLY BATCH`,
  ]);
}
