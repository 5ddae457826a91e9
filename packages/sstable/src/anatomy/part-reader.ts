import { type ByteReader, CorruptionError, toBigInt } from '@cassette/bytes';
import type { ByteWindow } from '../data/byte-window.ts';
import { branch, damage, leaf, type Part, type PartList, type Words, whyDamaged } from './part.ts';
import { hexText, LITERAL_MAX } from './value-text.ts';

/**
 * Reads values of a file one behind the other and notes each as a part. Only what is shown is read: of a long value its beginning.
 * Everything throws CorruptionError where the bytes end too early; what was noted before stays.
 */
export class PartReader {
  /** What was noted so far. */
  parts: Part[] = [];
  /** Where the next one begins, and where all must end. */
  position: number;
  readonly end: number;
  readonly window: ByteWindow;

  constructor(window: ByteWindow, from: number, end: number) {
    this.window = window;
    this.position = from;
    this.end = end;
    // Damage further on is not to be met before anybody asks for it.
    window.readAhead = 0;
  }

  /** Bytes left. */
  get remaining(): number {
    return this.end - this.position;
  }

  /** An error at the current place. */
  corrupt(message: string, at = this.position): CorruptionError {
    return new CorruptionError(message, this.window.name, at);
  }

  /** The next byte, which is not passed. */
  peek(): number {
    return this.input(1).u8('the next byte');
  }

  /** A part of what `read` moves past, `most` bytes at most; one of no bytes is left out. */
  field<T>(words: Words, most: number, read: (input: ByteReader) => T, show: (value: T) => string = String): T {
    const from = this.position;
    const input = this.input(most);
    const value = read(input);
    this.position = input.filePosition;
    if (this.position > from) this.parts.push(leaf(from, this.position, words, show(value)));
    return value;
  }

  /** A part of what `read` notes, whose value is what `read` returns; one of no bytes is left out. */
  group(words: Words, read: () => string): void {
    const from = this.position;
    const outer = this.parts;
    const inner: Part[] = [];
    this.parts = inner;
    let value = '';
    try {
      value = read();
    } finally {
      this.parts = outer;
      if (this.position > from) outer.push(branch(from, this.position, words, value, inner));
    }
  }

  /** A part of `count` bytes that is looked into when somebody asks. */
  later(words: Words, count: number, value: string, inner: (from: number, to: number) => PartList): void {
    this.need(count, words[1]);
    const from = this.position;
    const to = from + count;
    this.position = to;
    if (count > 0) this.parts.push(branch(from, to, words, value, () => inner(from, to)));
  }

  u8(words: Words, show?: (value: number) => string): number {
    return this.field(words, 1, (input) => input.u8(words[1]), show);
  }

  u16(words: Words): number {
    return this.field(words, 2, (input) => input.u16(words[1]));
  }

  i16(words: Words, show?: (value: number) => string): number {
    return this.field(words, 2, (input) => (input.u16(words[1]) << 16) >> 16, show);
  }

  i32(words: Words, show?: (value: number) => string): number {
    return this.field(words, 4, (input) => input.i32(words[1]), show);
  }

  i32LE(words: Words): number {
    return this.field(words, 4, (input) => input.i32LE(words[1]));
  }

  u32(words: Words, show?: (value: number) => string): number {
    return this.field(words, 4, (input) => input.u32(words[1]), show);
  }

  i64(words: Words, show?: (value: bigint) => string): bigint {
    return this.field(words, 8, (input) => input.bigint64(words[1]), show);
  }

  f64(words: Words): number {
    return this.field(words, 8, (input) => input.f64(words[1]));
  }

  /** An unsigned vint that is a count or a position. */
  vint(words: Words): number {
    return this.field(words, 9, (input) => input.unsignedVIntNumber(words[1]));
  }

  /** An unsigned vint that is a length of what follows and must be there. */
  length(words: Words): number {
    const at = this.position;
    const length = this.vint(words);
    if (length > this.remaining) throw this.corrupt(`${words[1]} is ${length}, ${this.remaining} bytes are left`, at);
    return length;
  }

  /** A signed vint that is a distance. */
  signedVint(words: Words, show?: (value: number) => string): number {
    return this.field(words, 9, (input) => input.signedVIntNumber(words[1]), show);
  }

  /** A vint of 32 bits. */
  vint32(words: Words, show?: (value: number) => string): number {
    return this.field(words, 9, (input) => input.unsignedVInt32(words[1]), show);
  }

  /** All 64 bits of an unsigned vint, as a signed value. */
  vint64(words: Words, show: (value: bigint) => string): bigint {
    return this.field(
      words,
      9,
      (input) => {
        input.unsignedVInt(words[1]);
        return toBigInt(input.hi, input.lo);
      },
      show,
    );
  }

  /** `count` bytes; `show` gets as many of them as a value is shown of, and the count. Those are also returned. */
  bytes(words: Words, count: number, show: (bytes: Uint8Array, count: number) => string = hexText): Uint8Array {
    this.need(count, words[1]);
    const shown = Math.min(count, LITERAL_MAX);
    const bytes = this.input(shown).take(shown, words[1]).slice();
    const from = this.position;
    this.position += count;
    if (count > 0) this.parts.push(leaf(from, this.position, words, show(bytes, count)));
    return bytes;
  }

  /** `count` bytes of text; what is no UTF-8 in it is shown as replaced. */
  text(words: Words, count: number): string {
    this.need(count, words[1]);
    const held = Math.min(count, TEXT_MAX);
    const text = new TextDecoder().decode(this.input(held).take(held, words[1]));
    const from = this.position;
    this.position += count;
    if (count > 0) this.parts.push(leaf(from, this.position, words, text));
    return text;
  }

  /** Java's readUTF: a length and the text. */
  javaUtf(words: Words): string {
    let text = '';
    this.group(words, () => {
      const length = this.u16(TEXT_LENGTH);
      text = this.text(TEXT, length);
      return text;
    });
    return text;
  }

  /** A vint length and the text. */
  vintText(words: Words): string {
    let text = '';
    this.group(words, () => {
      const length = this.length(TEXT_LENGTH);
      text = this.text(TEXT, length);
      return text;
    });
    return text;
  }

  private need(count: number, what: string): void {
    if (count < 0 || count > this.remaining) throw this.corrupt(`${what} needs ${count} bytes, ${this.remaining} are left`);
  }

  private input(most: number): ByteReader {
    const count = Math.min(most, this.remaining);
    const input = this.window.at(this.position, count);
    input.end = Math.min(input.end, input.position + count);
    return input;
  }
}

/** More than any name of a type is long, in bytes. */
const TEXT_MAX = 1 << 20;
const TEXT_LENGTH: Words = ['length', 'length', 'Bytes of the text that follows.'];
const TEXT: Words = ['value', 'text'];

/**
 * The parts of `[from, to)`: those that `read` notes, and where it throws, or ends before `to`, damage for the rest.
 */
export function explained(window: ByteWindow, from: number, to: number, read: (reader: PartReader) => void): Part[] {
  const reader = new PartReader(window, from, to);
  let why = 'nothing says what these bytes are: what is before them ends here';
  try {
    read(reader);
  } catch (error) {
    why = whyDamaged(error);
  }
  if (reader.position < to) reader.parts.push(damage(reader.position, to, why));
  return reader.parts;
}
