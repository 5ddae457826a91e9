import { isUtf8 } from 'node:buffer';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { CassetteError } from '@cassette/bytes';
import type { LoadPart } from './load-job.ts';

/** Bytes that are read at a time. */
const CHUNK_BYTES = 1 << 20;
/** A line that is longer is taken for a file of another kind. Bytes; a mutation may have 16 MiB, and twice that as hexadecimal digits. */
const LINE_BYTES_MAX = 64 << 20;

const LF = 0x0a;

/** Whole lines of a file, as bytes that are the reader's again when the next are asked for. UTF-8, without a byte order mark. */
export interface LineChunk {
  readonly lines: Buffer;
  /** Byte of the file at which it begins. */
  readonly offset: number;
  /** Of the file, a byte order mark included. */
  readonly bytes: number;
}

/** Whole lines of a file. */
export interface TextChunk {
  readonly text: string;
  /** Byte of the file at which it begins. */
  readonly offset: number;
  readonly bytes: number;
}

/** {@link lineChunks} as text. */
export function* textChunks(part: LoadPart): Generator<TextChunk, void, void> {
  for (const { lines, offset, bytes } of lineChunks(part)) yield { text: textOf(lines), offset, bytes };
}

/**
 * The lines of a part of a file, many at a time; the last may have no end. A byte order mark is left out. Throws CassetteError CANNOT_READ for
 * what can't be read and what is not UTF-8.
 */
export function* lineChunks({ file, from, to }: LoadPart): Generator<LineChunk, void, void> {
  const source = new FileBytes(file);
  try {
    let buffer = new Uint8Array(CHUNK_BYTES);
    // The line that the part before began is its own: this one begins behind the first end of line at or after the byte before it.
    let position = Math.max(0, from - 1);
    let filled = 0;
    let isAligned = from === 0;
    for (;;) {
      if (filled === buffer.length) buffer = larger(buffer, file);
      const count = source.read(buffer.subarray(filled), position + filled);
      filled += count;
      const isEnd = count === 0;
      if (!isAligned) {
        const end = buffer.subarray(0, filled).indexOf(LF);
        if (end < 0 && !isEnd) {
          position += filled;
          filled = 0;
          continue;
        }
        const start = end < 0 ? filled : end + 1;
        buffer.copyWithin(0, start, filled);
        position += start;
        filled -= start;
        isAligned = true;
      }
      if (to !== null && position >= to) return;
      let end = isEnd ? filled : buffer.subarray(0, filled).lastIndexOf(LF) + 1;
      if (to !== null && position + end > to) {
        // The line that holds the last byte of the part is the part's.
        const last = buffer.subarray(0, filled).indexOf(LF, to - 1 - position);
        if (last < 0 && !isEnd) end = 0;
        else end = last < 0 ? filled : last + 1;
      }
      if (end > 0) {
        const lines = buffer.subarray(0, end);
        yield { lines: checked(lines, file, position), offset: position, bytes: end };
        buffer.copyWithin(0, end, filled);
        position += end;
        filled -= end;
      }
      if (isEnd || (to !== null && position >= to)) return;
    }
  } finally {
    source.close();
  }
}

/** Bytes of a file; null for what has none to tell, standard input and pipes. Throws CassetteError CANNOT_READ. */
export function sizeOf(file: string): number | null {
  const source = new FileBytes(file);
  try {
    return source.size;
  } finally {
    source.close();
  }
}

/** Ends of lines in the first bytes of a file. Throws CassetteError CANNOT_READ. */
export function linesBefore(file: string, bytes: number): number {
  const source = new FileBytes(file);
  try {
    const buffer = new Uint8Array(CHUNK_BYTES);
    let lines = 0;
    for (let position = 0; position < bytes; ) {
      const count = source.read(buffer.subarray(0, Math.min(buffer.length, bytes - position)), position);
      if (count === 0) break;
      const filled = buffer.subarray(0, count);
      for (let i = filled.indexOf(LF); i >= 0; i = filled.indexOf(LF, i + 1)) lines++;
      position += count;
    }
    return lines;
  } finally {
    source.close();
  }
}

function larger(buffer: Uint8Array<ArrayBuffer>, file: string): Uint8Array<ArrayBuffer> {
  if (buffer.length >= LINE_BYTES_MAX) {
    const message = `${file} has a line of more than ${LINE_BYTES_MAX} bytes: is it one JSON object a line, or CSV?`;
    throw new CassetteError('CANNOT_READ', message, { file });
  }
  const next = new Uint8Array(buffer.length * 2);
  next.set(buffer);
  return next;
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text of bytes that are UTF-8. */
export function textOf(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}

function checked(bytes: Uint8Array, file: string, offset: number): Buffer {
  if (!isUtf8(bytes)) {
    const message = `${file} is not UTF-8, somewhere in the ${bytes.length} bytes from ${offset} on`;
    throw new CassetteError('CANNOT_READ', message, { file, offset });
  }
  const hasMark = offset === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const lines = hasMark ? bytes.subarray(3) : bytes;
  return Buffer.from(lines.buffer, lines.byteOffset, lines.length);
}

/** A file, or standard input, as bytes that are read where they are: the operating system reads ahead. */
class FileBytes {
  readonly size: number | null;
  private readonly file: string;
  private readonly descriptor: number;
  private readonly isSeekable: boolean;

  constructor(file: string) {
    this.file = file;
    try {
      this.descriptor = file === '-' ? 0 : openSync(file, 'r');
      const stat = fstatSync(this.descriptor);
      if (stat.isDirectory()) throw new Error('it is a directory');
      this.isSeekable = file !== '-' && stat.isFile();
      this.size = this.isSeekable ? stat.size : null;
    } catch (error) {
      throw this.cannotRead(error);
    }
  }

  read(target: Uint8Array, position: number): number {
    for (;;) {
      try {
        return readSync(this.descriptor, target, 0, target.length, this.isSeekable ? position : null);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'EOF') return 0;
        if (code !== 'EAGAIN') throw this.cannotRead(error);
        // A terminal or a pipe that has nothing yet and would not wait by itself.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      }
    }
  }

  close(): void {
    if (this.descriptor > 0) closeSync(this.descriptor);
  }

  private cannotRead(error: unknown): CassetteError {
    return new CassetteError(
      'CANNOT_READ',
      `${this.file} can't be read: ${(error as Error).message}`,
      { file: this.file },
      error,
    );
  }
}
