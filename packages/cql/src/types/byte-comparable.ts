import type { ByteWriter } from '@cassette/bytes';
import type { CqlType } from './cql-type.ts';

// Byte-comparable forms: bytes whose unsigned order is the order of the values, so that tries can hold them. Cassandra:
// utils.bytecomparable.ByteSource in its version OSS50.

/** Bytes that stand between and behind the parts of a sequence. Cassandra: ByteSource's constants. */
export const SequenceByte = {
  /** Before a part. */
  NEXT: 0x40,
  /** In place of a part that is null, or has no form of its own. */
  NEXT_NULL: 0x3e,
  /** In place of an empty value in a clustering. */
  NEXT_EMPTY: 0x3f,
  /** In place of an empty value in a descending clustering column. */
  NEXT_EMPTY_REVERSED: 0x41,
  /** Behind the last part. */
  TERMINATOR: 0x38,
} as const;

/**
 * Appends bytes of any length so that none is a prefix of another: a run of zeros is `00`, `fe` for each further zero and `ff` before
 * what follows; the end is `00`, or `fe` inside a run. Cassandra: ByteSource.AccessorEscaper.
 */
export function putEscaped(bytes: Uint8Array, from: number, to: number, out: ByteWriter): void {
  for (let i = from; i < to; ) {
    if (bytes[i] !== 0) {
      out.u8(bytes[i++]);
      continue;
    }
    out.u8(0);
    for (i++; i < to && bytes[i] === 0; i++) out.u8(0xfe);
    if (i === to) {
      out.u8(0xfe);
      return;
    }
    out.u8(0xff);
  }
  out.u8(0);
}

/** Appends a signed number of fixed length: the first bit turned over. Cassandra: ByteSource.SignedFixedLengthNumber. */
export function putSigned(bytes: Uint8Array, from: number, to: number, out: ByteWriter): void {
  out.u8(bytes[from] ^ 0x80);
  out.bytesOf(bytes, from + 1, to);
}

/** Appends a floating-point number: negative ones with all bits turned over, others with the first. Cassandra: SignedFixedLengthFloat. */
export function putFloating(bytes: Uint8Array, from: number, to: number, out: ByteWriter): void {
  if (bytes[from] < 0x80) putSigned(bytes, from, to, out);
  else for (let i = from; i < to; i++) out.u8(bytes[i] ^ 0xff);
}

/**
 * Appends a 64-bit number in one to nine bytes: as many leading ones as bytes (in a negative number zeros), then the bits.
 * Cassandra: ByteSource.VariableLengthInteger.
 */
export function putVariableInteger(hi: number, lo: number, out: ByteWriter): void {
  const inverted = hi < 0 ? 0xff : 0;
  const high = hi < 0 ? ~hi : hi;
  const low = hi < 0 ? ~lo : lo;
  const bits = high !== 0 ? 64 - Math.clz32(high) : Math.max(1, 32 - Math.clz32(low));
  // A bit for the sign and one a byte for the length.
  const size = Math.min(9, Math.floor(bits / 7) + 1);
  const byteAt = (fromEnd: number) => ((fromEnd >= 4 ? high >>> (8 * (fromEnd - 4)) : low >>> (8 * fromEnd)) & 0xff) >>> 0;
  if (size === 9) {
    out.u8(0xff ^ inverted);
    for (let i = 7; i >= 0; i--) out.u8((byteAt(i) | (i === 7 ? 0x80 : 0)) ^ inverted);
    return;
  }
  for (let i = size - 1; i >= 0; i--) {
    const lengthBits = i === size - 1 ? (0xff00 >> size) & 0xff : 0;
    out.u8((byteAt(i) | lengthBits) ^ inverted);
  }
}

/** Appends an unsigned number: as many leading ones as further bytes. `inverted` is xored to each. Cassandra: VariableLengthUnsignedInteger. */
export function putVariableUnsigned(value: number, inverted: number, out: ByteWriter): void {
  let extra = 0;
  while (extra < 6 && value >= 2 ** (7 * (extra + 1))) extra++;
  for (let i = extra; i >= 0; i--) {
    const lengthBits = i === extra ? (0xff00 >> extra) & 0xff : 0;
    out.u8(((Math.floor(value / 2 ** (8 * i)) & 0xff) | lengthBits) ^ inverted);
  }
}

/**
 * Appends parts one after the other. `ranges` are pairs of from and to in `bytes`, negative for null; `typeOf` is the type of the i-th.
 * Cassandra: ByteSource.MultiComponentSource.
 */
export function putSequence(
  bytes: Uint8Array,
  ranges: readonly number[],
  count: number,
  typeOf: (i: number) => CqlType,
  out: ByteWriter,
): void {
  for (let i = 0; i < count; i++) {
    const at = out.length;
    out.u8(SequenceByte.NEXT);
    if (ranges[2 * i] >= 0 && typeOf(i).toByteComparable(bytes, ranges[2 * i], ranges[2 * i + 1], out)) continue;
    out.length = at;
    out.u8(SequenceByte.NEXT_NULL);
  }
  out.u8(SequenceByte.TERMINATOR);
}

/** Appends the first eight bytes of a version 1 UUID in the order of time: high, middle, low. Cassandra: TimeUUIDType#reorderTimestampBytes. */
export function putUuidTime(bytes: Uint8Array, from: number, out: ByteWriter): void {
  out.bytesOf(bytes, from + 6, from + 8);
  out.bytesOf(bytes, from + 4, from + 6);
  out.bytesOf(bytes, from, from + 4);
}
