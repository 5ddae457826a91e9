import type { Draw } from '../../arbitrary/draw.ts';
import { literalOf } from '../../arbitrary/random-literal.ts';
import { cqlOf, type NativeName, type RandomType } from '../../arbitrary/random-type.ts';
import { isNumber } from './number-types.ts';
import { columnsOf, type ModelColumn, type ModelTable } from './table-model.ts';

/** A selector that computes something of a column: functions in functions, operators, casts, masks, literals of collections. */
export function computed(table: ModelTable, draw: Draw): string {
  const clustering = columnsOf(table, 'clustering');
  // In functions a descending clustering is of no type that Cassandra knows.
  const able = table.columns.filter(
    (column) => column.kind !== 'clustering' || !table.descending[clustering.findIndex(({ name }) => name === column.name)],
  );
  const column = draw.pick(able);
  const value = ofType(column, able, draw);
  switch (draw.int(0, 9)) {
    case 0:
      return masked(value, column.type, draw);
    case 1:
      // What a column of to_json is called is how it was first asked for of its type.
      return `toJson(${value})`;
    case 2:
      return draw.pick([
        `(${value}, ${draw.pick(able).name})`,
        `[${value}, ${column.name}]`,
        `{${value}}`,
        `{${value}: ${column.name}}`,
      ]);
    case 3:
      return `${draw.pick(['max', 'min', 'count', 'sum', 'avg'])}(${value})`;
    case 4:
      return draw.pick([
        'count(*) + 1',
        'CAST(count(*) AS text)',
        '(int) 7',
        "(text) 'a'",
        '(list<int>) [1, 2]',
        'abs((int) -3)',
        '1 + 2',
      ]);
    default:
      return value;
  }
}

function ofType(column: ModelColumn, able: readonly ModelColumn[], draw: Draw): string {
  const { name, type } = column;
  switch (type.kind) {
    case 'native':
      return isNumber(type) ? number(column, able, draw) : scalar(column, draw);
    case 'map':
      return draw.pick([`map_keys(${name})`, `map_values(${name})`, `collection_count(${name})`]);
    case 'set':
    case 'list':
      return draw.pick(['count', 'min', 'max', 'sum', 'avg'].map((what) => `collection_${what}(${name})`));
    case 'vector':
      return `similarity_${draw.pick(['cosine', 'euclidean', 'dot_product'])}(${name}, ${draw.pick([name, literalOf(type, draw)])})`;
    case 'udt':
      return `${name}.${draw.pick(type.fields).name}`;
    default:
      return `(${type.kind === 'tuple' ? cqlOf(type) : 'int'}) ${name}`;
  }
}

function number({ name, type }: ModelColumn, able: readonly ModelColumn[], draw: Draw): string {
  const other = draw.pick(able.filter((one) => isNumber(one.type))).name;
  const operand = draw.pick([other, other, '1', '-3', '0.5', '(bigint) 5', '1e10']);
  return draw.pick([
    `abs(${name})`,
    `round(${name})`,
    `exp(${name})`,
    `log(${name})`,
    `log10(${name})`,
    `-${name}`,
    `${name} ${draw.pick(['+', '-', '*', '/', '%'])} ${operand}`,
    `(${name} ${draw.pick(['+', '-'])} ${operand}) ${draw.pick(['*', '%'])} 2`,
    `abs(${name} ${draw.pick(['+', '-'])} ${operand})`,
    `CAST(CAST(${name} AS ${draw.pick(['double', 'text', 'varint'])}) AS ${draw.pick(['text', 'int'])})`,
    `${(type as { name: string }).name}_as_blob(${name})`,
  ]);
}

function scalar({ name, type }: ModelColumn, draw: Draw): string {
  const native = (type as { name: NativeName }).name;
  const length = draw.pick(['1h', '7d', '1mo', '3m', '1y', '-1d', '1ns']);
  switch (native) {
    case 'text':
    case 'ascii':
      return draw.pick([`${name} + 'x'`, `${name} + ${name}`, `CAST(${name} AS text)`]);
    case 'timestamp':
    case 'date':
    case 'timeuuid':
      return draw.pick([
        `${name} ${draw.pick(['+', '-'])} ${length}`,
        `floor(${name}, ${length})`,
        `to_date(${name})`,
        `to_timestamp(${name})`,
        `to_unix_timestamp(${name})`,
        `CAST(${name} AS ${draw.pick(['text', 'date', 'timestamp'])})`,
        `min_timeuuid(${name})`,
        `max_timeuuid(${name})`,
      ]);
    case 'time':
      return draw.pick([`floor(${name}, ${length})`, `CAST(${name} AS text)`]);
    case 'blob':
      return `blob_as_${draw.pick(['text', 'int', 'boolean', 'bigint', 'uuid', 'timestamp'])}(${name})`;
    default:
      return draw.pick([`${native}_as_blob(${name})`, `CAST(${name} AS text)`, `blob_as_${native}(${native}_as_blob(${name}))`]);
  }
}

function masked(value: string, type: RandomType, draw: Draw): string {
  const ends = (): string => draw.pick(['0', '1', '2', '3', 'null', '100', '-1']);
  return draw.pick([
    `mask_null(${value})`,
    `mask_default(${value})`,
    `mask_replace(${value}, ${draw.chance(15) ? 'null' : literalOf(type, draw)})`,
    `mask_inner(${value}, ${ends()}, ${ends()})`,
    `mask_outer(${value}, ${ends()}, ${ends()}, '#')`,
    `mask_hash(${value})`,
    `mask_hash(${value}, ${draw.pick(["'MD5'", "'SHA-1'", "'SHA-512'", "'nothing'"])})`,
  ]);
}
