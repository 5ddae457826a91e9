import type { Draw } from '../../arbitrary/draw.ts';
import { drawRestrictions } from './restrictions.ts';
import { drawSelection } from './selections.ts';
import { numberValue } from './statement-text.ts';
import { columnsOf, type ModelColumn, type ModelTable } from './table-model.ts';

/** A SELECT of any shape; most are answered, some are refused. `whole`: of all columns. */
export function drawSelect(table: ModelTable, draw: Draw, whole: boolean): string {
  const { where, filters } = drawRestrictions(table, draw);
  const selection = whole ? draw.pick(['*', '*', 'JSON *']) : drawSelection(table, draw);
  const grouping = !whole && draw.chance(12) ? groupBy(table, draw) : '';
  const clauses = [
    `SELECT ${selection} FROM ${table.name}`,
    where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`,
    grouping,
    // Rows of several partitions Cassandra sorts by their JSON text where all columns are in it.
    draw.chance(20) && selection !== 'JSON *' ? orderBy(table, draw) : '',
    draw.chance(15) ? ` PER PARTITION LIMIT ${numberValue(draw.pick([1n, 1n, 2n, 3n]), 4, draw)}` : '',
    draw.chance(25) ? ` LIMIT ${numberValue(draw.pick([1n, 1n, 2n, 3n, 5n, 20n, 0n]), 4, draw)}` : '',
    draw.chance(filters ? 92 : 8) ? ' ALLOW FILTERING' : '',
  ];
  return clauses.join('');
}

function orderBy(table: ModelTable, draw: Draw): string {
  const clustering = columnsOf(table, 'clustering');
  if (clustering.length === 0 || draw.chance(3)) return ` ORDER BY ${draw.pick(table.columns).name}`;
  const reversed = draw.chance(60);
  const some = draw.chance(90) ? clustering.slice(0, draw.int(1, clustering.length)) : draw.some(clustering, 1);
  const direction = ({ name }: ModelColumn): boolean => {
    const descending = table.descending[clustering.findIndex((column) => column.name === name)];
    return draw.chance(3) ? draw.chance(50) : descending !== reversed;
  };
  return ` ORDER BY ${some.map((column) => `${column.name}${direction(column) ? ' DESC' : draw.pick([' ASC', ''])}`).join(', ')}`;
}

function groupBy(table: ModelTable, draw: Draw): string {
  const key = columnsOf(table, 'partition', 'clustering');
  const partition = columnsOf(table, 'partition').length;
  const length = draw.chance(90) ? draw.int(partition, key.length) : draw.int(1, key.length);
  const names = (draw.chance(95) ? key.slice(0, length) : draw.some(table.columns, 1)).map(({ name }) => name);
  return ` GROUP BY ${names.join(', ')}`;
}
