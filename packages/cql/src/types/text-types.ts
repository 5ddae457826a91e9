import { type ByteWriter, compareBytes, fromHex, toHex } from '@cassette/bytes';
import { quoteString } from '../language/print/names.ts';
import { putEscaped } from './byte-comparable.ts';
import { jsonText } from './json-text.ts';
import { ScalarType } from './scalar-type.ts';
import { describeValue, wrongBytes, wrongValue } from './wrong-value.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
// A decoder call costs more than building a short string by hand: in Chromium five times as much for 40 characters, as much for 200.
const shortText = 96;

function decodeText(type: string, bytes: Uint8Array, from: number, to: number): string {
  if (to - from <= shortText) {
    let text = '';
    let i = from;
    // Eight at a time: each string that is put together costs.
    for (; i + 8 <= to; i += 8) {
      const a = bytes[i];
      const b = bytes[i + 1];
      const c = bytes[i + 2];
      const d = bytes[i + 3];
      const e = bytes[i + 4];
      const f = bytes[i + 5];
      const g = bytes[i + 6];
      const h = bytes[i + 7];
      if ((a | b | c | d | e | f | g | h) >= 0x80) break;
      text += String.fromCharCode(a, b, c, d, e, f, g, h);
    }
    for (; i < to && bytes[i] < 0x80; i++) text += String.fromCharCode(bytes[i]);
    if (i === to) return text;
  }
  try {
    return decoder.decode(bytes.subarray(from, to));
  } catch (cause) {
    const error = wrongBytes(type, `Invalid UTF-8 bytes for ${type}: ${describeValue(bytes.subarray(from, to))}`);
    error.cause = cause;
    throw error;
  }
}

/** What text, ascii and blob share: their values are ordered as unsigned bytes. */
abstract class BytewiseType extends ScalarType {
  /** Empty ones too: the order is that of the bytes. */
  override toByteComparable(bytes: Uint8Array, from: number, to: number, out: ByteWriter): boolean {
    putEscaped(bytes, from, to, out);
    return true;
  }

  protected override compareValues(a: Uint8Array, aFrom: number, aTo: number, b: Uint8Array, bFrom: number, bTo: number): number {
    return compareBytes(a, aFrom, aTo, b, bFrom, bTo);
  }
}

/** `text`, also called `varchar`: UTF-8. JavaScript: string. Cassandra: UTF8Type. */
export class TextType extends BytewiseType {
  constructor() {
    super('text', 'UTF8Type', -1, true);
  }

  override encode(value: unknown, out: ByteWriter): void {
    if (typeof value !== 'string') throw wrongValue('text', 'a string', value);
    this.encodeText(value, out);
  }

  override encodeText(text: string, out: ByteWriter): void {
    const start = out.length;
    out.ensure(text.length);
    const target = out.buffer;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) {
        if (/\p{Surrogate}/u.test(text)) throw wrongValue('text', 'well-formed Unicode (half a surrogate pair is none)', text);
        out.length = start;
        out.utf8(text);
        return;
      }
      target[start + i] = code;
    }
    out.length = start + text.length;
  }

  protected override validateValue(bytes: Uint8Array, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      if (bytes[i] >= 0x80) {
        decodeText('text', bytes, from, to);
        return;
      }
    }
  }

  override decode(bytes: Uint8Array, from: number, to: number): string {
    return decodeText('text', bytes, from, to);
  }

  protected override decodeValue(bytes: Uint8Array, from: number, to: number): string {
    return decodeText('text', bytes, from, to);
  }

  protected override jsonValue(bytes: Uint8Array, from: number, to: number): string {
    return jsonText(decodeText('text', bytes, from, to));
  }

  protected override literalValue(bytes: Uint8Array, from: number, to: number): string {
    return quoteString(decodeText('text', bytes, from, to));
  }

  protected override emptyLiteral(): string {
    return "''";
  }
}

/** `ascii`: 7-bit characters. JavaScript: string. Cassandra: AsciiType. */
export class AsciiType extends BytewiseType {
  constructor() {
    super('ascii', 'AsciiType', -1, true);
  }

  override encode(value: unknown, out: ByteWriter): void {
    if (typeof value !== 'string') throw wrongValue('ascii', 'a string of ASCII characters', value);
    this.encodeText(value, out);
  }

  override encodeText(text: string, out: ByteWriter): void {
    const start = out.length;
    out.ensure(text.length);
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) throw wrongValue('ascii', 'a string of ASCII characters', text);
      out.buffer[start + i] = code;
    }
    out.length = start + text.length;
  }

  protected override validateValue(bytes: Uint8Array, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      if (bytes[i] >= 0x80) throw wrongBytes('ascii', `Invalid byte for ascii: ${bytes[i]}`);
    }
  }

  protected override decodeValue(bytes: Uint8Array, from: number, to: number): string {
    return decodeText('ascii', bytes, from, to);
  }

  protected override emptyValue(): string {
    return '';
  }

  protected override jsonValue(bytes: Uint8Array, from: number, to: number): string {
    return jsonText(decodeText('ascii', bytes, from, to));
  }

  protected override literalValue(bytes: Uint8Array, from: number, to: number): string {
    return quoteString(decodeText('ascii', bytes, from, to));
  }

  protected override emptyLiteral(): string {
    return "''";
  }
}

/** `blob`: any bytes. JavaScript: Uint8Array, also ArrayBuffer and views, and `0x…` text. Cassandra: BytesType. */
export class BlobType extends BytewiseType {
  constructor() {
    super('blob', 'BytesType', -1, true);
  }

  override encode(value: unknown, out: ByteWriter): void {
    encodeBlob('blob', value, out);
  }

  override encodeText(text: string, out: ByteWriter): void {
    encodeBlob('blob', `0x${text}`, out);
  }

  protected override validateValue(): void {
    // Any bytes will do.
  }

  override decode(bytes: Uint8Array, from: number, to: number): Uint8Array {
    return this.decodeValue(bytes, from, to);
  }

  protected override decodeValue(bytes: Uint8Array, from: number, to: number): Uint8Array {
    // Not slice(): on a Node Buffer that would be a view.
    return new Uint8Array(bytes.subarray(from, to));
  }

  override toJson(bytes: Uint8Array, from: number, to: number): string {
    return this.jsonValue(bytes, from, to);
  }

  protected override jsonValue(bytes: Uint8Array, from: number, to: number): string {
    return `"0x${toHex(bytes, from, to)}"`;
  }

  protected override literalValue(bytes: Uint8Array, from: number, to: number): string {
    return `0x${toHex(bytes, from, to)}`;
  }

  protected override emptyLiteral(): string {
    return '0x';
  }
}

/** Appends what says bytes: an array, a buffer, a view, or hexadecimal text after `0x`. */
export function encodeBlob(type: string, value: unknown, out: ByteWriter): void {
  if (value instanceof Uint8Array) {
    out.bytes(value);
    return;
  }
  const bytes =
    typeof value === 'string' && /^0x/i.test(value)
      ? fromHex(value.slice(2))
      : ArrayBuffer.isView(value)
        ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
        : value instanceof ArrayBuffer
          ? new Uint8Array(value)
          : null;
  if (bytes === null) throw wrongValue(type, "a Uint8Array, an ArrayBuffer or a string like '0xca'", value);
  out.bytes(bytes);
}
