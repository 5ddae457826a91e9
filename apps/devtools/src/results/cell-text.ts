import type { ColumnSpec } from '@cassette/client';

/** How a cell is shown. */
export interface CellText {
  readonly text: string;
  /** What the style sheet knows it by. */
  readonly look: 'null' | 'number' | 'text' | 'blob' | 'other';
}

const numbers = new Set(['int', 'bigint', 'smallint', 'tinyint', 'varint', 'float', 'double', 'decimal', 'counter']);
const texts = new Set(['text', 'varchar', 'ascii']);
const decoder = new TextDecoder();

/** Characters that a cell of the table shows; the rest is in the dialog. */
const textMax = 300;

/** A cell's bytes as people read them: text plain, everything else as CQL writes it, without the outer quotes. */
export function cellText(column: ColumnSpec, bytes: Uint8Array | null, max = textMax): CellText {
  if (bytes === null) return { text: 'null', look: 'null' };
  const type = column.type.cqlName();
  if (texts.has(type)) return { text: shortened(decoder.decode(bytes.subarray(0, max * 4)), max), look: 'text' };
  if (type === 'blob') {
    return { text: shortened(`0x${hex(bytes.subarray(0, max))}`, max), look: 'blob' };
  }
  // Cassandra allows the empty value for most types; it is not null and has no literal of its own.
  if (bytes.length === 0) return { text: '(empty)', look: 'null' };
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
