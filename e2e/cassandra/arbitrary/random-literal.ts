import type { Draw } from './draw.ts';
import type { NativeName, RandomType } from './random-type.ts';

/** Where a literal stands, which decides what Cassandra takes there. */
export interface LiteralPlace {
  /** A partition key of one column: it must have bytes. */
  readonly nonEmpty?: boolean;
  /** Not inside of anything: a function call may stand there. */
  readonly outermost?: boolean;
  /** Blobs of kilobytes come often, so that partitions get an index of their own. */
  readonly isBig?: boolean;
}

/** A value of a type as CQL writes it; never null itself. Edges of the type come often. */
export function literalOf(type: RandomType, draw: Draw, place: LiteralPlace = {}): string {
  switch (type.kind) {
    case 'native':
      return nativeLiteral(type.name, draw, place);
    case 'list':
      return `[${draw.list(0, 3, () => literalOf(type.element, draw)).join(', ')}]`;
    case 'set':
      return `{${distinctLiterals(type.element, draw, 0, 3).join(', ')}}`;
    case 'map':
      // Cassandra 5.0 takes {} for a set where a map clustering is descending.
      return mapLiteral(type, draw, place.nonEmpty ? 1 : 0, 3);
    case 'vector':
      return `[${Array.from({ length: type.dimension }, () => literalOf(type.element, draw)).join(', ')}]`;
    case 'tuple':
      return `(${type.elements.map((element) => literalOrNull(element, draw)).join(', ')})`;
    default: {
      const fields = draw.some(type.fields, 1).map((field) => `${field.name}: ${literalOrNull(field.type, draw)}`);
      return `{${fields.join(', ')}}`;
    }
  }
}

/** A map of so many entries, or fewer; see {@link distinctLiterals}. */
export function mapLiteral(type: RandomType & { kind: 'map' }, draw: Draw, min: number, max: number): string {
  const keys = distinctLiterals(type.key, draw, min, max);
  return `{${keys.map((key) => `${key}: ${literalOf(type.value, draw)}`).join(', ')}}`;
}

/**
 * Values that differ by the order of their type, as far as can be told from their text: Cassandra takes the elements of a literal in no
 * certain order, so that either of two that are equal (1.0 and 1.00) may win.
 */
export function distinctLiterals(type: RandomType, draw: Draw, min: number, max: number): string[] {
  const isTold = type.kind === 'native' && type.name !== 'decimal';
  return [...new Set(draw.list(min, isTold ? max : Math.min(max, 1), () => literalOf(type, draw)))];
}

/** A literal, or null now and then. */
export function literalOrNull(type: RandomType, draw: Draw, place: LiteralPlace = {}): string {
  return draw.chance(15) ? 'null' : literalOf(type, draw, place);
}

const letters = ['a', 'b', 'Z', '0', ' ', '_', '"', '\\', '%', '\t', '~'];
const wideLetters = [...letters, 'é', 'ß', '☃', '日', '𝄞', '\u0001', '\uffff'];

function nativeLiteral(name: NativeName, draw: Draw, place: LiteralPlace): string {
  if (place.outermost && !place.nonEmpty && draw.chance(3)) {
    const empty = emptyCall(name);
    if (empty !== null) return empty;
  }
  const least = place.nonEmpty ? 1 : 0;
  switch (name) {
    case 'ascii':
      return quoted(draw.list(least, draw.chance(5) ? 200 : 8, () => draw.pick(letters)).join(''));
    case 'text':
      return quoted(draw.list(least, draw.chance(5) ? 200 : 8, () => draw.pick(wideLetters)).join(''));
    case 'blob':
      if (place.isBig && draw.chance(60)) return `0x${noise(draw.int(0, 0xffff), draw.int(4_000, 20_000))}`;
      return `0x${hex(draw, draw.int(least, draw.chance(5) ? 300 : 6))}`;
    case 'boolean':
      return draw.pick(['true', 'false']);
    case 'tinyint':
      return String(draw.bigint(-(2n ** 7n), 2n ** 7n - 1n));
    case 'smallint':
      return String(draw.bigint(-(2n ** 15n), 2n ** 15n - 1n));
    case 'int':
      return String(draw.bigint(-(2n ** 31n), 2n ** 31n - 1n));
    case 'bigint':
      return String(draw.bigint(-(2n ** 63n), 2n ** 63n - 1n));
    case 'varint':
      return String(draw.chance(50) ? draw.bigint(-300n, 300n) : draw.bigint(-(2n ** 100n), 2n ** 100n));
    case 'decimal':
      return decimal(draw);
    case 'float':
      return draw.pick(['0', '-0.0', '1.5', '-1', 'NaN', 'Infinity', '-Infinity', '3.4028235E38', '1.4E-45', '0.1']);
    case 'double':
      return draw.pick(['0', '-0.0', '2.5', '-1', 'NaN', 'Infinity', '-Infinity', '1.7976931348623157E308', '4.9E-324', '1e-3']);
    case 'date':
      return draw.chance(70)
        ? quoted(`${draw.int(1000, 9999)}-${two(draw.int(1, 12))}-${two(draw.int(1, 28))}`)
        : String(draw.bigint(0n, 2n ** 32n - 1n));
    case 'time':
      return quoted(
        `${two(draw.int(0, 23))}:${two(draw.int(0, 59))}:${two(draw.int(0, 59))}${draw.pick(['', '.5', '.000000001', '.999999999'])}`,
      );
    case 'timestamp':
      return draw.chance(50)
        ? String(draw.bigint(-(2n ** 45n), 2n ** 45n))
        : quoted(
            `${draw.int(1900, 2100)}-${two(draw.int(1, 12))}-${two(draw.int(1, 28))} ${two(draw.int(0, 23))}:30:00.${draw.int(100, 999)}+0000`,
          );
    case 'uuid':
      return uuid(draw, draw.pick(['1', '4', '4', '7', '0']));
    case 'timeuuid':
      return uuid(draw, '1');
    case 'inet':
      return quoted(
        draw.pick([
          '0.0.0.0',
          '127.0.0.1',
          '255.255.255.255',
          '10.0.0.1',
          '::',
          '::1',
          '2001:db8::1',
          'fe80::ff',
          '::ffff:1.2.3.4',
        ]),
      );
    default:
      return duration(draw);
  }
}

/** A value of no bytes: the types that Cassandra lets have one get it from a function. */
function emptyCall(name: NativeName): string | null {
  const able = ['bigint', 'double', 'float', 'inet', 'int', 'timestamp', 'uuid', 'varint', 'decimal'];
  return able.includes(name) ? `blob_as_${name}(0x)` : null;
}

function decimal(draw: Draw): string {
  const digits = draw.pick([0n, 1n, -1n, 10n, -129n, draw.bigint(-(2n ** 80n), 2n ** 80n)]);
  return draw.pick([`${digits}`, `${digits}.0`, `${digits}.00`, `${digits}E+3`, `${digits}.5E-20`, `${digits}E-3`]);
}

function duration(draw: Draw): string {
  const parts = draw.some([`${draw.int(0, 200)}mo`, `${draw.int(0, 60)}d`, `${draw.int(0, 99)}h${draw.int(0, 999)}ns`], 1);
  return `${draw.chance(30) ? '-' : ''}${parts.join('')}`;
}

function uuid(draw: Draw, version: string): string {
  return `${hex(draw, 4)}-${hex(draw, 2)}-${version}${hex(draw, 2).slice(1)}-${draw.pick(['8', 'a', 'b'])}${hex(draw, 2).slice(1)}-${hex(draw, 6)}`;
}

function hex(draw: Draw, bytes: number): string {
  return Array.from({ length: bytes }, () => draw.pick(['00', 'ff', '7f', '80', '01', 'c3', '5a'])).join('');
}

/** Bytes as hex that can be compressed, but not much: runs between bytes without a pattern (a linear congruential generator). */
function noise(seed: number, length: number): string {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let at = 0; at < length; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const run = state >>> 29 === 0 ? (state >>> 16) & 63 : 1;
    bytes.fill(state >>> 24, at, at + run);
    at += Math.max(1, run);
  }
  return Buffer.from(bytes).toString('hex');
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
