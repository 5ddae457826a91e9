import type { ByteWriter } from '@cassette/bytes';
import { compareInt64 } from '@cassette/bytes';
import { putFloating } from './byte-comparable.ts';
import { int32At } from './integer-types.ts';
import { printDouble, printFloat } from './java-number.ts';
import { ScalarType } from './scalar-type.ts';
import { wrongValue } from './wrong-value.ts';

const scratch = new DataView(new ArrayBuffer(8));
const numeral = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[fFdD]?$/;

/** The number of text as Java's Double.parseDouble takes it; null for other text. */
function numberText(text: string): number | null {
  const trimmed = text.trim();
  if (numeral.test(trimmed)) return Number(trimmed.replace(/[fFdD]$/, ''));
  const match = /^([+-]?)(NaN|Infinity)$/i.exec(trimmed);
  if (match === null) return null;
  if (match[2].toLowerCase() === 'nan') return Number.NaN;
  return match[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** float and double: IEEE 754. JavaScript: number; takes text too. Cassandra: FloatType, DoubleType. */
export class FloatingType extends ScalarType {
  private readonly size: 4 | 8;

  constructor(cql: string, className: string, size: 4 | 8) {
    super(cql, className, size, true);
    this.size = size;
  }

  override encode(value: unknown, out: ByteWriter): void {
    if (typeof value === 'number') {
      // Rounded to infinity it would be another number; a literal is rounded so by Cassandra, and by us.
      if (this.size === 4 && Number.isFinite(value) && !Number.isFinite(Math.fround(value))) {
        throw wrongValue(this.cqlName(), 'a number up to 3.4028234663852886e38', value);
      }
      this.put(value, out);
    } else if (typeof value === 'string') this.encodeText(value, out);
    else throw wrongValue(this.cqlName(), 'a number', value);
  }

  override encodeText(text: string, out: ByteWriter): void {
    const value = numberText(text);
    if (value === null) throw wrongValue(this.cqlName(), 'a number', text);
    this.put(value, out);
  }

  private put(value: number, out: ByteWriter): void {
    if (this.size === 8) out.f64(value);
    else out.f32(value);
  }

  // As Java compares: -0.0 before 0.0, NaN after everything and equal to itself, whatever its bits. On the words of the
  // number, so that nothing has to be made of the bytes.
  protected override compareValues(a: Uint8Array, aFrom: number, _aTo: number, b: Uint8Array, bFrom: number): number {
    let ah = int32At(a, aFrom);
    let bh = int32At(b, bFrom);
    let al = this.size === 8 ? int32At(a, aFrom + 4) : 0;
    let bl = this.size === 8 ? int32At(b, bFrom + 4) : 0;
    const aNan = this.isNan(ah, al);
    const bNan = this.isNan(bh, bl);
    if (aNan || bNan) return aNan ? (bNan ? 0 : 1) : -1;
    // Negative numbers: the greater the magnitude, the lesser the number.
    if (ah < 0) {
      ah ^= 0x7fffffff;
      al = ~al;
    }
    if (bh < 0) {
      bh ^= 0x7fffffff;
      bl = ~bl;
    }
    return compareInt64(ah, al, bh, bl);
  }

  private isNan(hi: number, lo: number): boolean {
    const magnitude = hi & 0x7fffffff;
    const infinity = this.size === 8 ? 0x7ff00000 : 0x7f800000;
    return magnitude > infinity || (magnitude === infinity && lo !== 0);
  }

  protected override putComparable(bytes: Uint8Array, from: number, to: number, out: ByteWriter): void {
    putFloating(bytes, from, to, out);
  }

  protected override validateValue(_bytes: Uint8Array, from: number, to: number): void {
    this.needLength(from, to, this.size);
  }

  protected override decodeValue(bytes: Uint8Array, from: number): number {
    scratch.setInt32(0, int32At(bytes, from));
    if (this.size === 4) return scratch.getFloat32(0);
    scratch.setInt32(4, int32At(bytes, from + 4));
    return scratch.getFloat64(0);
  }

  /** NaN and the infinities are null, as JSON has none of them. */
  protected override jsonValue(bytes: Uint8Array, from: number): string {
    const value = this.decodeValue(bytes, from);
    return Number.isFinite(value) ? this.print(value) : 'null';
  }

  protected override literalValue(bytes: Uint8Array, from: number): string {
    return this.print(this.decodeValue(bytes, from));
  }

  private print(value: number): string {
    return this.size === 8 ? printDouble(value) : printFloat(value);
  }
}

/** `boolean`. Takes true and false, and the words in text. Cassandra: BooleanType. */
export class BooleanType extends ScalarType {
  constructor() {
    super('boolean', 'BooleanType', 1, true);
  }

  override encode(value: unknown, out: ByteWriter): void {
    if (typeof value === 'boolean') out.u8(value ? 1 : 0);
    else if (typeof value === 'string') this.encodeText(value, out);
    else throw wrongValue('boolean', 'true or false', value);
  }

  override encodeText(text: string, out: ByteWriter): void {
    const word = text.toLowerCase();
    if (word !== 'true' && word !== 'false') throw wrongValue('boolean', 'true or false', text);
    out.u8(word === 'true' ? 1 : 0);
  }

  /** Any byte but 0 is true. */
  protected override compareValues(a: Uint8Array, aFrom: number, _aTo: number, b: Uint8Array, bFrom: number): number {
    return (a[aFrom] === 0 ? 0 : 1) - (b[bFrom] === 0 ? 0 : 1);
  }

  protected override putComparable(bytes: Uint8Array, from: number, _to: number, out: ByteWriter): void {
    out.u8(bytes[from] === 0 ? 0 : 1);
  }

  protected override validateValue(_bytes: Uint8Array, from: number, to: number): void {
    this.needLength(from, to, 1);
  }

  protected override decodeValue(bytes: Uint8Array, from: number): boolean {
    return bytes[from] !== 0;
  }

  protected override jsonValue(bytes: Uint8Array, from: number): string {
    return bytes[from] === 0 ? 'false' : 'true';
  }
}
