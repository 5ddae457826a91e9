import { CorruptionError, crc32 } from '@cassette/bytes';
import type { ByteSource } from '../io/byte-source.ts';

/** Bytes that are read at a time where nobody asked for them. */
const GAP_BYTES = 65536;

/**
 * A file that makes its CRC32 while somebody reads it more or less from the beginning to the end, so that the digest costs no second
 * reading: what is passed over is read in its place, what is read again is not counted twice.
 */
export class DigestedSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  private readonly source: ByteSource;
  private readonly gap: Uint8Array;
  private done = 0;
  private crc = 0;

  constructor(source: ByteSource) {
    this.source = source;
    this.name = source.name;
    this.size = source.size;
    this.gap = new Uint8Array(Math.min(GAP_BYTES, source.size));
  }

  read(target: Uint8Array, position: number): number {
    this.readUpTo(position);
    const count = this.source.read(target, position);
    if (position <= this.done && position + count > this.done) {
      const from = this.done - position;
      this.crc = crc32(target, from, count, this.crc);
      this.done = position + count;
    }
    return count;
  }

  /** Reads what nobody has read, and returns the CRC32 of the whole file. Throws CorruptionError where it is shorter than its size. */
  finish(): number {
    this.readUpTo(this.size);
    if (this.done < this.size) throw new CorruptionError(`the file ends before its ${this.size} bytes`, this.name, this.done);
    return this.crc;
  }

  private readUpTo(position: number): void {
    while (this.done < position) {
      const wanted = Math.min(this.gap.length, position - this.done);
      const count = this.source.read(wanted === this.gap.length ? this.gap : this.gap.subarray(0, wanted), this.done);
      if (count <= 0) return;
      this.crc = crc32(this.gap, 0, count, this.crc);
      this.done += count;
    }
  }
}
