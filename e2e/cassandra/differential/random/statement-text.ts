import type { Draw } from '../../arbitrary/draw.ts';
import { literalOf } from '../../arbitrary/random-literal.ts';
import type { RandomType } from '../../arbitrary/random-type.ts';
import type { StatementStep } from '../../session.ts';
import { jsonOf } from './json-values.ts';
import { isNumber } from './number-types.ts';
import type { ModelColumn } from './table-model.ts';

/** What a bind marker and its value stand between in texts made here. */
export const MARK = '\u0002';

/** What a bind marker in a text made here stands for: hex, null, or false for unset. */
function bound(value: string | null | false): string {
  return `${MARK}${value === null ? 'null' : value === false ? 'unset' : value}${MARK}`;
}

/** The statement with its bind markers as `?` and their values in order. */
export function statementOf(text: string): StatementStep {
  const values: (string | null | false)[] = [];
  const cql = text.replaceAll(new RegExp(`${MARK}([^${MARK}]*)${MARK}`, 'g'), (_, value: string) => {
    values.push(value === 'null' ? null : value === 'unset' ? false : value);
    return '?';
  });
  return values.length === 0 ? { cql } : { cql, values };
}

/** A value of a column: from its pool, another one now and then, a bind marker now and then. */
export function columnValue(column: ModelColumn, draw: Draw, fresh = 25): string {
  // What an operation or a function makes has no type where a descending clustering asks for it.
  return placed(freshOrPooled(column, draw, fresh), column.type, draw, true, column.kind !== 'clustering');
}

/**
 * A value for a bound of a slice: never null, which Cassandra 5.0 takes there for what comes before all values, or fails at.
 */
export function boundValue(column: ModelColumn, draw: Draw): string {
  return freshOrPooled(column, draw, 10);
}

/** A whole partition key must have bytes, which is found out or not where there is nothing to read. */
function freshOrPooled(column: ModelColumn, draw: Draw, fresh: number): string {
  const literal = draw.chance(fresh) ? literalOf(column.type, draw) : draw.pick(column.pool);
  // And of a descending clustering Cassandra takes {} for a set, and fails with it.
  const isRefused =
    column.kind === 'partition' ? ['0x', "''"].includes(literal) : column.kind === 'clustering' && literal === '{}';
  return isRefused ? draw.pick(column.pool) : literal;
}

/** A value that a key column is written with. */
export function keyValue(column: ModelColumn, draw: Draw): string {
  return placed(draw.pick(column.pool), column.type, draw, false);
}

/** A value of a type. */
export function typeValue(type: RandomType, draw: Draw): string {
  return placed(literalOf(type, draw), type, draw);
}

/** A number of a clause (LIMIT, TTL, TIMESTAMP), or a bind marker with its bytes, or with none. */
export function numberValue(value: bigint, bytes: number, draw: Draw): string {
  if (!draw.chance(15)) return String(value);
  if (draw.chance(6)) return bound(draw.chance(50) ? null : false);
  return bound(whole(String(value), bytes));
}

/** A text, or a bind marker with it. */
export function textValue(text: string, draw: Draw): string {
  return draw.chance(20) ? bound(Buffer.from(text, 'utf8').toString('hex')) : `'${text.replaceAll("'", "''")}'`;
}

/** The literal, or a bind marker with its bytes, or with others (which may be equal in order to those of a key, and yet not the same). */
function placed(literal: string, type: RandomType, draw: Draw, anyBytes = true, computes = anyBytes): string {
  if (computes && draw.chance(4)) return expression(literal, type, draw);
  if (!draw.chance(8)) return literal;
  if (draw.chance(4)) return bound(null);
  if (draw.chance(4)) return bound(false);
  // Cassandra takes bytes of these that it can't read, or reads not to the end.
  const isLax = type.kind === 'native' && (type.name === 'decimal' || type.name === 'duration');
  if (anyBytes && !isLax && draw.chance(4))
    return bound(Array.from({ length: draw.int(0, 9) }, () => draw.pick(['00', '01', 'ff', '7f', '41'])).join(''));
  const bytes = encoded(literal, type);
  return bytes === null ? literal : bound(bytes);
}

/** A value that is computed of the literal: JSON, an operation, a function, a cast. */
function expression(literal: string, type: RandomType, draw: Draw): string {
  if (type.kind !== 'native' || draw.chance(50)) {
    const json = jsonOf(type, draw);
    // Cassandra fails at elements of no bytes that a function makes.
    return type.kind !== 'native' && json.includes('""') ? literal : `from_json(${textValue(json, draw)})`;
  }
  const { name } = type;
  if (isNumber(type)) {
    return draw.pick([
      `${literal} ${draw.pick(['+', '-', '*', '/', '%'])} ${draw.pick(['1', '-2', '0', '0.5'])}`,
      `(${name}) ${literal} + (int) 1`,
      `-(${name}) ${literal}`,
      `abs((${name}) ${literal})`,
    ]);
  }
  switch (name) {
    case 'text':
    case 'ascii':
      return `${literal} + 'x'`;
    case 'timestamp':
    case 'date':
      return draw.pick([`(${name}) ${literal} + 1d`, `floor((${name}) ${literal}, 1d)`]);
    default:
      return `blob_as_${name}(${name}_as_blob((${name}) ${literal}))`;
  }
}

/** Bytes of the literals whose bytes are easy to tell. */
function encoded(literal: string, type: RandomType): string | null {
  if (type.kind !== 'native') return null;
  switch (type.name) {
    case 'int':
      return /^-?\d+$/.test(literal) ? whole(literal, 4) : null;
    case 'bigint':
    case 'timestamp':
      return /^-?\d+$/.test(literal) ? whole(literal, 8) : null;
    case 'smallint':
      return /^-?\d+$/.test(literal) ? whole(literal, 2) : null;
    case 'tinyint':
      return /^-?\d+$/.test(literal) ? whole(literal, 1) : null;
    case 'boolean':
      return literal === 'true' ? '01' : '00';
    case 'text':
    case 'ascii':
      return literal.startsWith("'") ? Buffer.from(literal.slice(1, -1).replaceAll("''", "'"), 'utf8').toString('hex') : null;
    case 'uuid':
    case 'timeuuid':
      return /^[-0-9a-f]{36}$/.test(literal) ? literal.replaceAll('-', '') : null;
    default:
      return /^0x/.test(literal) ? literal.slice(2) : null;
  }
}

function whole(literal: string, bytes: number): string {
  return BigInt.asUintN(bytes * 8, BigInt(literal))
    .toString(16)
    .padStart(bytes * 2, '0');
}
