import type { Draw } from '../../arbitrary/draw.ts';
import { jsonOf, jsonOfLiteral } from './json-values.ts';
import { columnValue, keyValue, textValue } from './statement-text.ts';
import type { ModelColumn } from './table-model.ts';

/** What stands between the table's name and IF or USING in an INSERT of these columns. */
export function inserted(keys: readonly ModelColumn[], columns: readonly ModelColumn[], draw: Draw): string {
  return (draw.chance(12) ? json(keys, columns, draw) : null) ?? listed(keys, columns, draw);
}

function listed(keys: readonly ModelColumn[], columns: readonly ModelColumn[], draw: Draw): string {
  const entries = [
    ...keys.map((column): [string, string] => [column.name, keyValue(column, draw)]),
    ...columns.map((column): [string, string] => [column.name, draw.chance(12) ? 'null' : columnValue(column, draw)]),
  ];
  return ` (${entries.map(([name]) => name).join(', ')}) VALUES (${entries.map(([, value]) => value).join(', ')})`;
}

/** Null where a key's value has no JSON. */
function json(keys: readonly ModelColumn[], columns: readonly ModelColumn[], draw: Draw): string | null {
  const values = [
    ...keys.map(({ name, pool, type }) => [name, keyJson(type, draw.pick(pool), draw)] as const),
    ...columns.map(({ name, type }) => [name, draw.chance(12) ? 'null' : jsonOf(type, draw)] as const),
  ];
  if (values.some(([, value]) => value === null)) return null;
  const named = draw.chance(2) ? [...values, draw.pick([['nothing', '1'] as const, values[0]])] : values;
  const text = `{${named.map(([name, value]) => `${JSON.stringify(name)}: ${value}`).join(', ')}}`;
  return ` JSON ${textValue(text, draw)}${draw.pick(['', '', ' DEFAULT NULL', ' DEFAULT UNSET'])}`;
}

/** Decimals in quotes: a number in JSON is a double first, which has another scale, and is so another key of the same place. */
function keyJson(type: ModelColumn['type'], literal: string, draw: Draw): string | null {
  const isDecimal = type.kind === 'native' && type.name === 'decimal' && /^[-\d]/.test(literal);
  return isDecimal ? `"${literal}"` : jsonOfLiteral(literal, draw);
}
