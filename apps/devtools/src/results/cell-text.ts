import type { ColumnSpec } from '@cassette/client';
import { count } from '../text/numbers.ts';

/** How a cell is shown. */
export interface CellText {
  readonly text: string;
  /** What the style sheet knows it by; `empty` is a value without bytes, `absent` one that is not in memory yet. */
  readonly look: 'null' | 'empty' | 'absent' | 'number' | 'text' | 'blob' | 'other';
}

const numbers = new Set(['int', 'bigint', 'smallint', 'tinyint', 'varint', 'float', 'double', 'decimal', 'counter']);
const texts = new Set(['text', 'varchar', 'ascii']);
const decoder = new TextDecoder();

/** Characters that are not seen, or turn the direction of what is around them; those that join letters are left. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A text in which such characters are told by their numbers: a value must not look like another. */
export function visible(text: string): string {
  return text.replace(unseen, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Characters that a cell of the table shows; the rest is in the dialog. */
const textMax = 300;
/** Bytes of a collection up to which it is written out for a cell of the table: it is made as a whole before it is cut. */
const writtenMax = 20_000;

/** A cell's bytes as people read them: text plain, everything else as CQL writes it, without the outer quotes. */
export function cellText(column: ColumnSpec, bytes: Uint8Array | null | undefined, max = textMax): CellText {
  const { text, look } = plainText(column, bytes, max);
  // A cell has one line.
  return { text: visible(text).replaceAll('\n', '↵'), look };
}

/** The same, every character as it is. */
export function plainText(column: ColumnSpec, bytes: Uint8Array | null | undefined, max: number): CellText {
  if (bytes === undefined) return { text: '…', look: 'absent' };
  if (bytes === null) return { text: 'null', look: 'null' };
  const type = column.type.cqlName();
  // Cassandra allows the empty value for most types; it is not null, and only of text it has a literal of its own.
  if (bytes.length === 0) return { text: texts.has(type) ? "''" : '(empty)', look: 'empty' };
  if (texts.has(type)) return { text: shortened(decoder.decode(bytes.subarray(0, max * 4)), max), look: 'text' };
  if (type === 'blob') {
    return { text: shortened(`0x${hex(bytes.subarray(0, max))}`, max), look: 'blob' };
  }
  if (bytes.length > writtenMax && max <= textMax) return { text: `${type}, ${count(bytes.length)} bytes`, look: 'other' };
  const literal = column.type.toCqlLiteral(bytes, 0, bytes.length);
  const scalar = literal.startsWith("'") && literal.endsWith("'");
  return { text: shortened(scalar ? literal.slice(1, -1) : literal, max), look: numbers.has(type) ? 'number' : 'other' };
}

function shortened(text: string, max: number): string {
  return text.length > max ? `${text.slice(0, max)}…` : text;
}

/** Bytes as hexadecimal digits. */
export function hex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

/** Bytes as a hexdump, sixteen a line: offset, digits, characters. */
export function hexdump(bytes: Uint8Array, bytesMax = 4096): string {
  const lines: string[] = [];
  const end = Math.min(bytes.length, bytesMax);
  for (let at = 0; at < end; at += 16) {
    const part = bytes.subarray(at, Math.min(at + 16, end));
    const digits = [...part].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const characters = [...part].map((byte) => (byte > 0x1f && byte < 0x7f ? String.fromCharCode(byte) : '·')).join('');
    lines.push(`${at.toString(16).padStart(6, '0')}  ${digits.padEnd(47)}  ${characters}`);
  }
  if (end < bytes.length) lines.push(`… ${bytes.length - end} bytes more`);
  return lines.join('\n');
}
