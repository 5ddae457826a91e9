import type { ByteWriter } from '@cassette/bytes';
import { putVariableInteger, putVariableUnsigned } from './byte-comparable.ts';

/** From so many bytes without leading sign bytes on, a varint has a length of its own. Cassandra: IntegerType.FULL_FORM_THRESHOLD. */
const FULL_FORM = 7;

/**
 * Appends a varint: as a 64-bit number of variable length while it is short, else `ff` (negative: `00`), the number of further bytes and
 * the bytes without leading sign bytes. Cassandra: IntegerType#asComparableBytes.
 */
export function putComparableVarint(bytes: Uint8Array, from: number, to: number, out: ByteWriter): void {
  const sign = bytes[from] >= 0x80 ? 0xff : 0;
  let start = from;
  if (bytes[from] === sign) while (start + 1 < to && bytes[++start] === sign);
  const size = to - start;
  if (size >= FULL_FORM) {
    out.u8(sign ^ 0xff);
    putVariableUnsigned(size - FULL_FORM, sign, out);
    out.bytesOf(bytes, start, to);
    return;
  }
  let hi = sign === 0 ? 0 : -1;
  let lo = hi;
  for (let i = start; i < to; i++) {
    hi = (hi << 8) | (lo >>> 24);
    lo = (lo << 8) | bytes[i];
  }
  putVariableInteger(hi, lo, out);
}

/**
 * Appends a decimal `unscaled × 10^-scale`: sign with the length of the exponent, the exponent of 100, then pairs of digits, each plus
 * 128, and `00`. Of a negative number the first pair is rounded down and the others count up from there. Cassandra: DecimalType#asComparableBytes.
 */
export function putComparableDecimal(unscaled: bigint, scale: number, out: ByteWriter): void {
  if (unscaled === 0n) {
    out.u8(0x80);
    return;
  }
  const negative = unscaled < 0n;
  let digits = (negative ? -unscaled : unscaled).toString();
  // The exponent is made even, to the lower side.
  const odd = (scale - digits.length) % 2 !== 0;
  const exponent = -(scale - digits.length - (odd ? 1 : 0)) / 2;
  if (odd) digits = `0${digits}`;
  digits = digits.replace(/0+$/, '');
  if (digits.length % 2 !== 0) digits += '0';

  const modulated = negative ? 0 - exponent : exponent;
  const exponentBytes = 4 - Math.floor(Math.clz32(Math.abs(modulated)) / 8);
  out.u8((negative ? 0 : 0x80) + 0x40 + (modulated < 0 ? -exponentBytes : exponentBytes));
  for (let i = exponentBytes - 1; i >= 0; i--) out.u8((modulated >> (8 * i)) & 0xff);

  let rest = digits.slice(2);
  const first = Number(digits.slice(0, 2));
  if (!negative) out.u8(0x80 + first);
  else if (rest === '') out.u8(0x80 - first);
  else {
    out.u8(0x80 - first - 1);
    rest = (10n ** BigInt(rest.length) - BigInt(rest)).toString().padStart(rest.length, '0');
  }
  for (let i = 0; i < rest.length; i += 2) out.u8(0x80 + Number(rest.slice(i, i + 2)));
  out.u8(0);
}
