import type { Draw } from '../../arbitrary/draw.ts';
import { isMultiCell } from '../../arbitrary/random-type.ts';
import { computed } from './function-selectors.ts';
import { isNumber, numbers } from './number-types.ts';
import { typeValue } from './statement-text.ts';
import { columnsOf, type ModelColumn, type ModelTable } from './table-model.ts';

/** What stands between SELECT and FROM. */
export function drawSelection(table: ModelTable, draw: Draw): string {
  const kind = draw.int(0, 99);
  const partition = columnsOf(table, 'partition');
  if (kind < 30) return '*';
  if (kind < 37) {
    const more = draw.chance(40) ? draw.some(columnsOf(table, 'static')) : [];
    return `DISTINCT ${[...partition, ...more].map(({ name }) => name).join(', ')}`;
  }
  if (kind < 45) return `JSON ${draw.chance(60) ? '*' : some(table, draw, plain)}`;
  if (kind < 60) return some(table, draw, aggregate);
  if (kind < 70) return some(table, draw, plain);
  if (kind < 84) return some(table, draw, () => computed(table, draw));
  return some(table, draw, selector);
}

function some(table: ModelTable, draw: Draw, make: (column: ModelColumn, draw: Draw) => string): string {
  return draw
    .list(1, 4, () => {
      const text = make(draw.pick(table.columns), draw);
      // In the name of a column of its own making Cassandra has the fields of a literal in the order of a hash table,
      // and quotes in a text once.
      return text.includes('{') || text.includes("''") || draw.chance(10)
        ? `${text} AS ${draw.pick(['x', '"Y y"', 'a', 'count'])}`
        : text;
    })
    .join(', ');
}

function plain({ name }: ModelColumn): string {
  return name;
}

function aggregate({ name, type }: ModelColumn, draw: Draw): string {
  switch (draw.int(0, 6)) {
    case 0:
      return draw.pick(['count(*)', 'COUNT(1)']);
    case 1:
      return `count(${name})`;
    case 2:
      return `min(${name})`;
    case 3:
      return `max(${name})`;
    case 4:
      return isNumber(type) || draw.chance(10) ? `${draw.pick(['sum', 'avg'])}(${name})` : `max(${name})`;
    default:
      return name;
  }
}

function selector(column: ModelColumn, draw: Draw): string {
  const { name, type, kind } = column;
  if (draw.chance(35)) {
    const isKey = kind === 'partition' || kind === 'clustering';
    if (!isKey || draw.chance(5))
      return `${draw.pick(['writetime', 'ttl', 'WRITETIME', 'maxwritetime'])}(${part(column, draw, 20)})`;
  }
  if (draw.chance(30)) return part(column, draw, 100);
  if (type.kind !== 'native') return draw.chance(50) ? `toJson(${name})` : part(column, draw, 90);
  switch (draw.int(0, 3)) {
    case 0:
      // A descending clustering is of no type that Cassandra could leave as it is.
      return `CAST(${name} AS ${draw.pick([...numbers, 'text', 'text', 'timestamp', 'date', 'ascii', 'blob'].filter((to) => to !== type.name))})`;
    case 1:
      return draw.chance(50) ? `toJson(${name})` : `${type.name}_as_blob(${name})`;
    case 2:
      if (isNumber(type)) return `${name} ${draw.pick(['+', '-', '*', '/', '%'])} ${draw.pick(['1', '2', '-3', '0.5', name])}`;
      if (type.name === 'timestamp' || type.name === 'timeuuid')
        return `${draw.pick(['to_date', 'to_unix_timestamp', 'toTimestamp'])}(${name})`;
      return name;
    default:
      return kind === 'partition' ? `token(${name})` : name;
  }
}

/** An element or a field of a column, that often of a hundred; else the column. */
function part({ name, type }: ModelColumn, draw: Draw, often: number): string {
  if (!draw.chance(often)) return name;
  switch (type.kind) {
    case 'map': {
      const key = (): string => typeValue(type.key, draw);
      return draw.chance(60) ? `${name}[${key()}]` : slice(name, key, draw);
    }
    case 'set': {
      const key = (): string => typeValue(type.element, draw);
      return draw.chance(60) ? `${name}[${key()}]` : slice(name, key, draw);
    }
    case 'udt':
      return `${name}.${draw.pick(type.fields).name}`;
    case 'list':
      return draw.chance(5) && isMultiCell(type) ? `${name}[0]` : name;
    default:
      return name;
  }
}

function slice(name: string, key: () => string, draw: Draw): string {
  return `${name}[${draw.chance(75) ? key() : ''}..${draw.chance(75) ? key() : ''}]`;
}
