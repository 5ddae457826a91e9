import { CorruptionError } from '@cassette/bytes';
import type { ByteSource } from './byte-source.ts';

/**
 * A source for whoever goes through it from the front to the end in small pieces: it is read a long stretch at a time, always into the same
 * bytes. Every read of a browser's file leaves some objects of the browser's own behind, which it collects late: of gigabytes read by the
 * chunk they are tens of megabytes.
 */
export class ReadAheadSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  private readonly source: ByteSource;
  private readonly ahead: Uint8Array;
  /** Where in the source what is in `ahead` begins, and where it ends. */
  private from = 0;
  private to = 0;

  /** `bytes`: how many are read at a time. */
  constructor(source: ByteSource, bytes: number) {
    this.name = source.name;
    this.size = source.size;
    this.source = source;
    this.ahead = new Uint8Array(Math.min(bytes, source.size));
  }

  /** Throws what the source throws. */
  read(target: Uint8Array, position: number): number {
    let done = 0;
    while (done < target.length) {
      const at = position + done;
      if (at < this.from || at >= this.to) {
        if (at >= this.size) break;
        const left = target.length - done;
        if (left >= this.ahead.length || !this.fill(at)) {
          return done + this.source.read(done === 0 ? target : target.subarray(done), at);
        }
      }
      const count = Math.min(target.length - done, this.to - at);
      const start = at - this.from;
      target.set(this.ahead.subarray(start, start + count), done);
      done += count;
    }
    return done;
  }

  /** False where nothing came: what was asked for alone tells why. */
  private fill(at: number): boolean {
    this.from = 0;
    this.to = 0;
    let count: number;
    try {
      count = this.source.read(this.ahead, at);
    } catch (error) {
      // Damage further on is told when somebody gets there.
      if (error instanceof CorruptionError) return false;
      throw error;
    }
    if (count <= 0) return false;
    this.from = at;
    this.to = at + count;
    return true;
  }
}
