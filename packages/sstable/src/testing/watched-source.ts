import type { ByteSource } from '../io/byte-source.ts';

/** A source that notes what is read of it: how much at a time, how much in all, and of which chunks. */
export class WatchedSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  /** Bytes given in all. */
  bytesRead = 0;
  /** The most that was asked for at a time. */
  largestRead = 0;
  /** `[from, to)` of every read, in order. */
  readonly ranges: (readonly [number, number])[] = [];
  private readonly source: ByteSource;

  constructor(source: ByteSource) {
    this.source = source;
    this.name = source.name;
    this.size = source.size;
  }

  read(target: Uint8Array, position: number): number {
    const count = this.source.read(target, position);
    this.bytesRead += count;
    this.largestRead = Math.max(this.largestRead, target.length);
    this.ranges.push([position, position + count]);
    return count;
  }

  /** Forgets what was read so far. */
  forget(): void {
    this.bytesRead = 0;
    this.largestRead = 0;
    this.ranges.length = 0;
  }

  /** The pieces of `length` bytes, counted from 0, that something was read of, in order. */
  chunks(length: number): number[] {
    const found = new Set<number>();
    for (const [from, to] of this.ranges) {
      for (let chunk = Math.floor(from / length); chunk * length < to; chunk++) found.add(chunk);
    }
    return [...found].sort((a, b) => a - b);
  }
}

/** Sources of which everything that is read is noted. */
export function watched(sources: Readonly<Record<string, ByteSource>>): Record<string, WatchedSource> {
  return Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, new WatchedSource(source)]));
}
