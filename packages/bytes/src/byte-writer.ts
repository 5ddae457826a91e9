import { assert } from './errors.ts';
import { putUnsignedVInt, putUnsignedVIntNumber, zigzagHi, zigzagLo } from './vint.ts';

const encoder = new TextEncoder();

/**
 * Appends values to a buffer that grows. Big-endian unless the name says LE. Reused through `clear`, so that a hot path
 * allocates nothing. Cassandra: DataOutputPlus.
 */
export class ByteWriter {
  /** The buffer; its first `length` bytes are what was written. A new array whenever it grows. */
  buffer: Uint8Array;
  /** Bytes written. */
  length = 0;
  // Made with the first number: a small array lies within the heap until somebody asks for its buffer, and a read makes a dozen writers
  // for a key or a value each, most of which never write a number.
  private numbers: DataView | null = null;

  constructor(capacity = 256) {
    this.buffer = new Uint8Array(capacity);
  }

  private get view(): DataView {
    this.numbers ??= new DataView(this.buffer.buffer);
    return this.numbers;
  }

  /** Forgets what was written and keeps the buffer. */
  clear(): void {
    this.length = 0;
  }

  /** Makes room for `count` more bytes. */
  ensure(count: number): void {
    const needed = this.length + count;
    if (needed <= this.buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, this.buffer.length * 2));
    grown.set(this.buffer.subarray(0, this.length));
    this.buffer = grown;
    this.numbers = null;
  }

  /** What was written, as a view on the buffer: valid until the next write. */
  written(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  /** What was written, copied. */
  toBytes(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }

  u8(value: number): void {
    this.ensure(1);
    this.buffer[this.length++] = value;
  }

  u16(value: number): void {
    this.ensure(2);
    this.view.setUint16(this.length, value);
    this.length += 2;
  }

  /** Signed or unsigned: the low 32 bits. */
  i32(value: number): void {
    this.ensure(4);
    this.view.setInt32(this.length, value);
    this.length += 4;
  }

  /** Little-endian; signed or unsigned. */
  i32LE(value: number): void {
    this.ensure(4);
    this.view.setInt32(this.length, value, true);
    this.length += 4;
  }

  /** A 64-bit value as two words. */
  i64(hi: number, lo: number): void {
    this.ensure(8);
    this.view.setInt32(this.length, hi);
    this.view.setInt32(this.length + 4, lo);
    this.length += 8;
  }

  /** A 64-bit value, for places that people read; hot paths use {@link i64}. */
  bigint64(value: bigint): void {
    this.ensure(8);
    this.view.setBigInt64(this.length, BigInt.asIntN(64, value));
    this.length += 8;
  }

  /** A safe integer (|value| < 2^53) in 64 bits. */
  i64Number(value: number): void {
    this.i64(Math.floor(value / 0x100000000), value | 0);
  }

  /** A safe integer in 64 bits, little-endian. */
  i64NumberLE(value: number): void {
    this.i32LE(value | 0);
    this.i32LE(Math.floor(value / 0x100000000));
  }

  f32(value: number): void {
    this.ensure(4);
    this.view.setFloat32(this.length, value);
    this.length += 4;
  }

  f64(value: number): void {
    this.ensure(8);
    this.view.setFloat64(this.length, value);
    this.length += 8;
  }

  /** An unsigned vint of a 64-bit pattern. */
  unsignedVInt(hi: number, lo: number): void {
    this.ensure(9);
    this.length = putUnsignedVInt(this.buffer, this.length, hi, lo);
  }

  /** An unsigned vint of a non-negative safe integer. */
  unsignedVIntNumber(value: number): void {
    this.ensure(9);
    this.length = putUnsignedVIntNumber(this.buffer, this.length, value);
  }

  /** What Cassandra calls a vint32: an int32, sign-extended to 64 bits, so that a negative one takes nine bytes. */
  unsignedVInt32(value: number): void {
    this.ensure(9);
    this.length = putUnsignedVInt(this.buffer, this.length, value >> 31, value | 0);
  }

  /** A signed (zigzag) vint of a 64-bit value. */
  signedVInt(hi: number, lo: number): void {
    this.ensure(9);
    this.length = putUnsignedVInt(this.buffer, this.length, zigzagHi(hi, lo), zigzagLo(hi, lo));
  }

  /** A signed (zigzag) vint of a safe integer. */
  signedVIntNumber(value: number): void {
    this.signedVInt(Math.floor(value / 0x100000000), value | 0);
  }

  bytes(source: Uint8Array): void {
    this.ensure(source.length);
    this.buffer.set(source, this.length);
    this.length += source.length;
  }

  /** `source[from, to)`, without making a view for short ranges. */
  bytesOf(source: Uint8Array, from: number, to: number): void {
    const count = to - from;
    this.ensure(count);
    const target = this.buffer;
    let at = this.length;
    if (count < 48) {
      for (let i = from; i < to; i++) target[at++] = source[i];
    } else {
      target.set(source.subarray(from, to), at);
    }
    this.length += count;
  }

  /** An unsigned vint length, then the bytes. */
  vintBytes(source: Uint8Array): void {
    this.unsignedVIntNumber(source.length);
    this.bytes(source);
  }

  /** A u16 length, then the bytes (at most 65535). */
  shortBytes(source: Uint8Array): void {
    assert(source.length <= 0xffff, `${source.length} bytes do not fit a u16 length`);
    this.u16(source.length);
    this.bytes(source);
  }

  /** An i32 length, then the bytes. */
  intBytes(source: Uint8Array): void {
    this.i32(source.length);
    this.bytes(source);
  }

  /** Text as UTF-8, no length. */
  utf8(text: string): void {
    // Three bytes a UTF-16 unit is the most that UTF-8 needs.
    this.ensure(text.length * 3);
    this.length += encoder.encodeInto(text, this.buffer.subarray(this.length)).written;
  }

  /** Java's writeUTF for text without NUL and surrogates (compressor names, the partitioner): u16 length, then UTF-8. */
  javaUtf(text: string): void {
    this.shortBytes(encoder.encode(text));
  }

  /** Overwrites four bytes written before. */
  patchI32(at: number, value: number): void {
    assert(at + 4 <= this.length, 'a patch lies inside what was written');
    this.view.setInt32(at, value);
  }
}
