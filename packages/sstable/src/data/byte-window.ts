import { ByteReader, CorruptionError } from '@cassette/bytes';
import type { ByteSource, LentBytes } from '../io/byte-source.ts';

/** Bytes that a window holds at first, and reads ahead when nothing bounds it. */
const CAPACITY = 65536;

/**
 * A part of a file in memory, contiguous, that moves forward with its reader and grows when one thing is larger than it.
 * It never grows ahead of bytes that really were there, so that a wrong length in a file costs no memory.
 */
export class ByteWindow {
  /** Reads the bytes in the window; file positions in its messages. Set by {@link at}. */
  readonly input: ByteReader;
  /** File position up to which reading ahead is worth while; more is read only when it is asked for. */
  readAhead: number;
  private readonly source: ByteSource;
  private buffer: Uint8Array;
  /** File position of the first byte. */
  private base = 0;
  private length = 0;
  private isKept = false;
  /** What the source lent: looked at where it lies, instead of copied here. */
  private lent: LentBytes | null = null;

  /** `capacity`: bytes held at first, and read at a time. */
  constructor(source: ByteSource, capacity = CAPACITY) {
    this.source = source;
    this.buffer = new Uint8Array(Math.max(64, Math.min(capacity, source.size)));
    this.readAhead = source.size;
    this.input = new ByteReader(this.buffer, source.name);
  }

  /** The file's name. */
  get name(): string {
    return this.source.name;
  }

  /** Bytes that the window can hold now. */
  get capacity(): number {
    return this.buffer.length;
  }

  /** Bytes in the whole file. */
  get size(): number {
    return this.source.size;
  }

  /** Whether the source lends what it has in memory: then asking for little at a time costs nothing. */
  get isLent(): boolean {
    return this.source.lend !== undefined;
  }

  /**
   * Sets `input` to file position `position` with everything that the window has from there on, at least `count` bytes
   * unless the file ends before. Whatever was read from `input` before is no longer valid.
   */
  at(position: number, count: number): ByteReader {
    const { lent, source } = this;
    const end = Math.min(position + count, source.size);
    if (lent !== null && position >= lent.from && end <= lent.from + lent.length) {
      this.input.reset(lent.bytes, position - lent.from, lent.length, lent.from);
      return this.input;
    }
    if (source.lend !== undefined && this.borrow(position, end)) return this.input;
    if (this.isKept) {
      this.isKept = false;
      if (position >= this.base && end <= this.base + this.length) this.source.foundAgain?.();
    }
    if (position < this.base || position > this.base + this.length) {
      this.base = position;
      this.length = 0;
    }
    if (end > this.base + this.length) this.load(position, end);
    this.input.reset(this.buffer, position - this.base, this.length, this.base);
    return this.input;
  }

  /** What it holds is kept for another who reads, but for what is lent: whether he finds what he looks for first is told the source. */
  keep(): void {
    this.giveBack();
    this.isKept = this.length > 0;
  }

  /** Gives back what the source lent; what was read from `input` is no longer valid. */
  giveBack(): void {
    if (this.lent === null) return;
    this.lent.borrowers--;
    this.lent = null;
  }

  /** Looks at what the source lends; false where not all of it lies together there: what goes over the end of a chunk is copied. */
  private borrow(position: number, end: number): boolean {
    const { source, lent } = this;
    if (position >= source.size || (position >= this.base && end <= this.base + this.length)) return false;
    if (lent !== null && position >= lent.from && position < lent.from + lent.length) return false;
    this.giveBack();
    const next = source.lend!(position);
    this.lent = next;
    if (end > next.from + next.length) return false;
    this.input.reset(next.bytes, position - next.from, next.length, next.from);
    return true;
  }

  /** Like {@link at}, and `input` ends exactly after `count` bytes; throws CorruptionError where the file is shorter. */
  exactly(position: number, count: number, what: string): ByteReader {
    if (position + count > this.source.size) {
      throw new CorruptionError(
        `${what} of ${count} bytes ends after the file's ${this.source.size}`,
        this.source.name,
        position,
      );
    }
    const input = this.at(position, count);
    input.end = input.position + count;
    return input;
  }

  private load(position: number, end: number): void {
    const from = position - this.base;
    // What the source lends is not read ahead: behind what is copied it is looked at where it lies.
    const ahead = this.isLent ? end : Math.min(this.readAhead, position + this.buffer.length, this.source.size);
    const wanted = Math.max(end, ahead);
    // Keep what is there from `position` on; what lies before it is behind the reader.
    if (from > 0) {
      this.buffer.copyWithin(0, from, this.length);
      this.length -= from;
      this.base = position;
    }
    while (this.base + this.length < wanted) {
      if (this.length === this.buffer.length) {
        if (this.base + this.length >= end) return;
        const grown = new Uint8Array(Math.min(this.buffer.length * 2, Math.max(end - this.base, this.buffer.length + 64)));
        grown.set(this.buffer);
        this.buffer = grown;
      }
      const room = Math.min(this.buffer.length - this.length, wanted - this.base - this.length);
      const count = this.source.read(this.buffer.subarray(this.length, this.length + room), this.base + this.length);
      if (count === 0) {
        throw new CorruptionError(
          `the file has no bytes where it says it has ${this.source.size}`,
          this.source.name,
          this.base + this.length,
        );
      }
      this.length += count;
    }
  }
}
