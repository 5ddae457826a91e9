import type { Draw } from '../../arbitrary/draw.ts';
import { literalOf } from '../../arbitrary/random-literal.ts';
import type { RandomType } from '../../arbitrary/random-type.ts';
import type { StatementStep } from '../../session.ts';
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
  return placed(freshOrPooled(column, draw, fresh), column.type, draw);
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

/** The literal, or a bind marker with its bytes, or with others (which may be equal in order to those of a key, and yet not the same). */
function placed(literal: string, type: RandomType, draw: Draw, anyBytes = true): string {
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
