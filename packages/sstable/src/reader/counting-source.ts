import { CorruptionError } from '@cassette/bytes';
import type { ByteSource } from '../io/byte-source.ts';

/** Counts what is read of a source, for statistics and for tests of what a read costs. */
export class CountingSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  /** Bytes given so far. */
  bytesRead = 0;
  /** Calls of `read` so far. */
  reads = 0;
  private readonly source: ByteSource;

  constructor(source: ByteSource) {
    this.source = source;
    this.name = source.name;
    this.size = source.size;
  }

  read(target: Uint8Array, position: number): number {
    const count = this.source.read(target, position);
    this.bytesRead += count;
    this.reads++;
    return count;
  }
}

/** The whole of a small file. Throws CorruptionError where it is shorter than its size. */
export function readAll(source: ByteSource): Uint8Array {
  const bytes = new Uint8Array(source.size);
  for (let at = 0; at < bytes.length; ) {
    const count = source.read(at === 0 ? bytes : bytes.subarray(at), at);
    if (count <= 0) throw new CorruptionError(`the file ends before its ${source.size} bytes`, source.name, at);
    at += count;
  }
  return bytes;
}
