import { CorruptionError } from './errors.ts';
import { vintLength } from './vint.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads values from bytes that may be anything. Big-endian unless the name says LE. Every read is bounds-checked and takes
 * the field's name, so that a failure says which field, of which file, at which offset. Cassandra: DataInputPlus.
 *
 * 64-bit reads leave their words in `hi` and `lo` and return nothing to allocate.
 */
export class ByteReader {
  /** What is read from. */
  bytes: Uint8Array;
  /** Next byte to read, an index into `bytes`. */
  position = 0;
  /** End of what may be read, an index into `bytes`. */
  end: number;
  /** High word of the last 64-bit read (signed). */
  hi = 0;
  /** Low word of the last 64-bit read (a bit pattern: `lo >>> 0` is its value). */
  lo = 0;
  private readonly file: string;
  private base: number;
  private view: DataView;

  /** `file` and `base` (the file position of `bytes[0]`) are for messages. */
  constructor(bytes: Uint8Array, file = 'bytes', base = 0) {
    this.bytes = bytes;
    this.end = bytes.length;
    this.file = file;
    this.base = base;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Goes on with other bytes: a hot path keeps one reader. */
  reset(bytes: Uint8Array, position = 0, end = bytes.length, base = 0): void {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.position = position;
    this.end = end;
    this.base = base;
  }

  /** Bytes left. */
  get remaining(): number {
    return this.end - this.position;
  }

  /** Position in the file. */
  get filePosition(): number {
    return this.base + this.position;
  }

  /** An error at the current place, for callers that find a value impossible. */
  corrupt(message: string, at = this.position): CorruptionError {
    return new CorruptionError(message, this.file, this.base + at);
  }

  private need(count: number, field: string): void {
    if (count > this.end - this.position || count < 0) {
      throw this.corrupt(`${field} needs ${count} bytes, ${this.end - this.position} are left`);
    }
  }

  u8(field: string): number {
    this.need(1, field);
    return this.bytes[this.position++];
  }

  u16(field: string): number {
    this.need(2, field);
    const value = this.view.getUint16(this.position);
    this.position += 2;
    return value;
  }

  i32(field: string): number {
    this.need(4, field);
    const value = this.view.getInt32(this.position);
    this.position += 4;
    return value;
  }

  u32(field: string): number {
    return this.i32(field) >>> 0;
  }

  i32LE(field: string): number {
    this.need(4, field);
    const value = this.view.getInt32(this.position, true);
    this.position += 4;
    return value;
  }

  /** Leaves the value in `hi` and `lo`. */
  i64(field: string): void {
    this.need(8, field);
    this.hi = this.view.getInt32(this.position);
    this.lo = this.view.getInt32(this.position + 4);
    this.position += 8;
  }

  bigint64(field: string): bigint {
    this.need(8, field);
    const value = this.view.getBigInt64(this.position);
    this.position += 8;
    return value;
  }

  /** A 64-bit length or position; refuses what a number can't hold exactly and what is negative. */
  i64Number(field: string): number {
    const at = this.position;
    this.i64(field);
    return this.safe(field, at);
  }

  i64NumberLE(field: string): number {
    const at = this.position;
    this.lo = this.i32LE(field);
    this.hi = this.i32LE(field);
    return this.safe(field, at);
  }

  private safe(field: string, at: number): number {
    if (this.hi < 0 || this.hi > 0x1fffff) throw this.corrupt(`${field} is out of range`, at);
    return this.hi * 0x100000000 + (this.lo >>> 0);
  }

  f32(field: string): number {
    this.need(4, field);
    const value = this.view.getFloat32(this.position);
    this.position += 4;
    return value;
  }

  f64(field: string): number {
    this.need(8, field);
    const value = this.view.getFloat64(this.position);
    this.position += 8;
    return value;
  }

  /** Leaves the 64-bit pattern of an unsigned vint in `hi` and `lo`. */
  unsignedVInt(field: string): void {
    this.need(1, field);
    const first = this.bytes[this.position];
    if (first < 0x80) {
      this.hi = 0;
      this.lo = first;
      this.position++;
      return;
    }
    const size = vintLength(first);
    this.need(size, field);
    let hi = 0;
    let lo = size === 9 ? 0 : first & (0xff >> size);
    for (let i = 1; i < size; i++) {
      hi = (hi << 8) | (lo >>> 24);
      lo = (lo << 8) | this.bytes[this.position + i];
    }
    this.position += size;
    this.hi = hi;
    this.lo = lo;
  }

  /** An unsigned vint that is a length, count or position: refuses 2^53 and above. */
  unsignedVIntNumber(field: string): number {
    if (this.position < this.end) {
      const first = this.bytes[this.position];
      if (first < 0x80) {
        this.position++;
        return first;
      }
    }
    const at = this.position;
    this.unsignedVInt(field);
    return this.safe(field, at);
  }

  /** A length that must fit into what is left. */
  length(field: string): number {
    const at = this.position;
    const value = this.unsignedVIntNumber(field);
    if (value > this.end - this.position)
      throw this.corrupt(`${field} is ${value}, ${this.end - this.position} bytes are left`, at);
    return value;
  }

  /** A vint32: 64 bits that must be an int32, sign-extended. Cassandra: readUnsignedVInt32. */
  unsignedVInt32(field: string): number {
    const at = this.position;
    this.unsignedVInt(field);
    if (this.hi !== this.lo >> 31) throw this.corrupt(`${field} does not fit 32 bits`, at);
    return this.lo;
  }

  /** Leaves the value of a signed (zigzag) vint in `hi` and `lo`. */
  signedVInt(field: string): void {
    this.unsignedVInt(field);
    const sign = -(this.lo & 1);
    this.lo = ((this.lo >>> 1) | (this.hi << 31)) ^ sign;
    this.hi = (this.hi >>> 1) ^ sign;
  }

  /** A signed vint as a number; refuses what is not a safe integer. */
  signedVIntNumber(field: string): number {
    const at = this.position;
    this.signedVInt(field);
    const value = this.hi * 0x100000000 + (this.lo >>> 0);
    if (!Number.isSafeInteger(value)) throw this.corrupt(`${field} is out of range`, at);
    return value;
  }

  /** The next `count` bytes as a view. */
  take(count: number, field: string): Uint8Array {
    this.need(count, field);
    const from = this.position;
    this.position += count;
    return this.bytes.subarray(from, this.position);
  }

  skip(count: number, field: string): void {
    this.need(count, field);
    this.position += count;
  }

  /** An unsigned vint length, then that many bytes, as a view. */
  vintBytes(field: string): Uint8Array {
    return this.take(this.length(field), field);
  }

  /** A u16 length, then that many bytes, as a view. */
  shortBytes(field: string): Uint8Array {
    return this.take(this.u16(field), field);
  }

  /** An i32 length, then that many bytes, as a view; a negative length is refused. */
  intBytes(field: string): Uint8Array {
    return this.take(this.i32(field), field);
  }

  /** `count` bytes of UTF-8. */
  utf8(count: number, field: string): string {
    const at = this.position;
    const bytes = this.take(count, field);
    try {
      return decoder.decode(bytes);
    } catch (cause) {
      throw new CorruptionError(`${field} is not UTF-8`, this.file, this.base + at, {}, cause);
    }
  }

  /** Java's readUTF, for text without NUL and surrogates. */
  javaUtf(field: string): string {
    return this.utf8(this.u16(field), field);
  }
}
