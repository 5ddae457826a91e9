import { CassetteError, highWord, lowWord, toBigInt, toHex } from '@cassette/bytes';
import { CompositeType, type CqlType } from '@cassette/cql';
import { secondsText as instant, microsText } from '../dump/dump-times.ts';
import { BoundKind } from '../rows/range-tombstone-marker.ts';

/** The longest value that is shown as a literal, in bytes. */
export const LITERAL_MAX = 1024;
/** Bytes of a value that is shown as bytes. */
const HEX_MAX = 64;

/** Bytes as digits: of long ones the beginning. `count` are all that there are, where not all are at hand. */
export function hexText(bytes: Uint8Array, count = bytes.length): string {
  if (count <= HEX_MAX) return `0x${toHex(bytes)}`;
  return `0x${toHex(bytes, 0, Math.min(HEX_MAX, bytes.length))}… (${count} bytes)`;
}

/** A value as a CQL literal of its type; as bytes where it is long or none of the type. `count` as in {@link hexText}. */
export function literal(type: CqlType, bytes: Uint8Array, count = bytes.length): string {
  if (count > LITERAL_MAX || count !== bytes.length) return hexText(bytes, count);
  try {
    type.validate(bytes, 0, bytes.length);
    return type.toCqlLiteral(bytes, 0, bytes.length);
  } catch (error) {
    // Whether values are right is verify's to say: here any bytes are shown.
    if (!(error instanceof CassetteError)) throw error;
    return hexText(bytes);
  }
}

/** A partition key: as a literal, of several columns as those of each, with commas between them. */
export function keyText(type: CqlType, key: Uint8Array, count = key.length): string {
  if (!(type instanceof CompositeType) || key.length !== count) return literal(type, key, count);
  const values: string[] = [];
  let at = 0;
  for (const component of type.components) {
    // Of each: u16 length, bytes, 0.
    const end = at + 3 + ((key[at] << 8) | key[at + 1]);
    if (!(end <= key.length)) return hexText(key);
    values.push(literal(component, key.subarray(at + 2, end - 1)));
    at = end;
  }
  return values.join(', ');
}

/** Microseconds since 1970, and when that is. */
export function timestampText(micros: bigint): string {
  return `${micros} = ${microsText(highWord(micros), lowWord(micros), false)}`;
}

/** Seconds since 1970, and when that is. */
export function secondsText(seconds: number): string {
  return Number.isSafeInteger(seconds) ? `${seconds} = ${instant(seconds, false)}` : String(seconds);
}

/** Two words as a signed number of 64 bits. */
export function int64(hi: number, lo: number): bigint {
  return toBigInt(hi, lo);
}

/** Name of a kind of bound, as Cassandra has it. */
export function kindName(kind: number): string {
  return Object.entries(BoundKind).find(([, one]) => one === kind)?.[0] ?? String(kind);
}

/** The names of the bits that are set. */
export function flagNames(table: Readonly<Record<string, number>>, flags: number): string {
  const names = Object.entries(table).filter(([, bit]) => (flags & bit) !== 0);
  return names.length === 0 ? 'none' : names.map(([name]) => name).join(', ');
}
