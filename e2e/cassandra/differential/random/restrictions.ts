import type { Draw } from '../../arbitrary/draw.ts';
import { isMultiCell } from '../../arbitrary/random-type.ts';
import { slice } from './modifications.ts';
import { boundValue, columnValue, typeValue } from './statement-text.ts';
import { columnsOf, type ModelColumn, type ModelTable } from './table-model.ts';

/** Relations of a WHERE. */
export interface Restrictions {
  readonly where: readonly string[];
  /** Whether they need ALLOW FILTERING, as far as is told here. */
  readonly filters: boolean;
}

/** A WHERE of any kind: keys, IN, slices, several columns together, tokens, filters. */
export function drawRestrictions(table: ModelTable, draw: Draw): Restrictions {
  const [partition, clustering] = [columnsOf(table, 'partition'), columnsOf(table, 'clustering')];
  const where: string[] = [];
  let filters = false;
  const kind = draw.int(0, 99);
  if (kind < 50) where.push(...partition.map((column) => equal(column, draw)));
  else if (kind < 62) where.push(...partition.map((column) => (draw.chance(60) ? isIn(column, draw) : equal(column, draw))));
  else if (kind < 72) where.push(...tokens(partition, draw));
  else if (kind < 77) {
    const some = draw.some(partition, 1);
    where.push(
      ...some.map((column) =>
        draw.chance(70) ? equal(column, draw) : `${column.name} ${draw.pick(['>', '<='])} ${columnValue(column, draw)}`,
      ),
    );
    filters = true;
  }
  const isWhole = kind < 62;
  if (clustering.length > 0 && draw.chance(isWhole ? 60 : 15)) {
    where.push(...clusterings(clustering, draw));
    if (!isWhole) filters = true;
  }
  if (draw.chance(18)) {
    const able = draw.chance(85) ? columnsOf(table, 'static', 'regular') : table.columns;
    if (able.length > 0) {
      where.push(...draw.list(1, 2, () => filter(draw.pick(able), draw)));
      filters = true;
    }
  }
  return { where: draw.chance(15) ? where.toReversed() : where, filters };
}

function equal(column: ModelColumn, draw: Draw): string {
  return `${column.name} = ${columnValue(column, draw, 6)}`;
}

/** Without nulls, which Cassandra refuses or not by whether the column is looked up or filtered. */
function isIn(column: ModelColumn, draw: Draw): string {
  return `${column.name} IN (${draw.list(0, 4, () => boundValue(column, draw)).join(', ')})`;
}

function tokens(partition: readonly ModelColumn[], draw: Draw): string[] {
  const names = partition.map(({ name }) => name).join(', ');
  const value = (): string =>
    draw.chance(50)
      ? String(draw.bigint(-(2n ** 63n), 2n ** 63n - 1n))
      : `token(${partition.map((column) => columnValue(column, draw, 10)).join(', ')})`;
  const bound = (operators: readonly string[]): string => `token(${names}) ${draw.pick(operators)} ${value()}`;
  if (draw.chance(10)) return [bound(['='])];
  const some = [...(draw.chance(70) ? [bound(['>', '>='])] : []), ...(draw.chance(60) ? [bound(['<', '<='])] : [])];
  return some.length === 0 ? [bound(['>'])] : some;
}

/** A prefix of equal columns, then nothing, IN, a slice, or relations on several columns; columns in between are left out now and then. */
function clusterings(clustering: readonly ModelColumn[], draw: Draw): string[] {
  const equals = draw.int(0, clustering.length);
  const where = clustering.slice(0, equals).map((column) => (draw.chance(12) ? isIn(column, draw) : equal(column, draw)));
  if (where.length > 1 && draw.chance(6)) where.shift();
  const rest = clustering.slice(equals);
  if (rest.length === 0) return where;
  switch (draw.int(0, 4)) {
    case 0:
      return where;
    case 1:
      return [...where, isIn(rest[0], draw)];
    case 2: {
      const some = rest.slice(0, draw.int(1, rest.length));
      const tuple = (): string => `(${some.map((column) => columnValue(column, draw, 10)).join(', ')})`;
      const names = `(${some.map(({ name }) => name).join(', ')})`;
      return [...where, draw.chance(50) ? `${names} = ${tuple()}` : `${names} IN (${draw.list(1, 3, tuple).join(', ')})`];
    }
    default:
      return [...where, ...slice(rest, draw, columnValue)];
  }
}

/** A relation on a column that no key leads to. */
function filter(column: ModelColumn, draw: Draw): string {
  const { name, type, kind } = column;
  // A descending clustering is no collection to Cassandra, and in static cells it finds deleted elements too, until they are purged.
  if (kind !== 'clustering' && !(kind === 'static' && isMultiCell(type)) && draw.chance(60)) {
    switch (type.kind) {
      case 'set':
      case 'list':
        return `${name} CONTAINS ${typeValue(type.element, draw)}`;
      case 'map':
        return draw.pick([
          `${name} CONTAINS ${typeValue(type.value, draw)}`,
          `${name} CONTAINS KEY ${typeValue(type.key, draw)}`,
          `${name}[${typeValue(type.key, draw)}] = ${typeValue(type.value, draw)}`,
        ]);
      default:
        break;
    }
  }
  if (draw.chance(4))
    return draw.pick([`${name} IS NOT NULL`, `${name} != ${columnValue(column, draw)}`, `${name} LIKE 'a%'`, isIn(column, draw)]);
  return `${name} ${draw.pick(['=', '=', '=', '<', '>', '<=', '>='])} ${columnValue(column, draw)}`;
}
