import { CorruptionError, freeBytes } from '@cassette/bytes';
import type { ByteSource } from '@cassette/sstable';
import type { BlobLike } from './import-options.ts';

/** Bytes that are read anywhere: of a Blob, which answers later, or of a file of ours, which answers at once. */
export interface RandomAccess {
  /** For messages. */
  readonly name: string;
  readonly size: number;
  /**
   * Exactly those bytes, in `into` (of at least that length) where the source can. Throws CorruptionError where the source ends before, and
   * what the platform says of one that is gone.
   */
  read(from: number, length: number, into?: Uint8Array): Promise<Uint8Array>;
}

/** Bytes of a source that are asked for at a time. */
const CHUNK_BYTES = 256 * 1024;

/** A view on a Blob or ByteSource. */
export function randomAccess(source: BlobLike | ByteSource, name: string): RandomAccess {
  const { size } = source;
  const checked = (bytes: Uint8Array, from: number, length: number) => {
    if (bytes.length !== length) throw new CorruptionError(`the source ends before its ${size} bytes`, name, from + bytes.length);
    return bytes;
  };
  if ('slice' in source) {
    return {
      name,
      size,
      read: async (from, length) => {
        if (from + length > size) throw new CorruptionError(`the source ends before ${from + length}`, name, size);
        return checked(new Uint8Array(await source.slice(from, from + length).arrayBuffer()), from, length);
      },
    };
  }
  return {
    name,
    size,
    read: async (from, length, into) => {
      const wanted = Math.max(0, Math.min(length, size - from));
      const bytes = into?.subarray(0, wanted) ?? new Uint8Array(wanted);
      let done = 0;
      while (done < bytes.length) {
        const count = source.read(bytes.subarray(done), from + done);
        if (count <= 0) break;
        done += count;
      }
      return checked(bytes.subarray(0, done), from, length);
    },
  };
}

/** A stretch of it in chunks, each of them good until the next is asked for: all of a large file would else be garbage. */
export async function* chunksOf(file: RandomAccess, from: number, length: number): AsyncGenerator<Uint8Array, void, void> {
  let buffer: Uint8Array | undefined;
  for (let done = 0; done < length; ) {
    const count = Math.min(CHUNK_BYTES, length - done);
    buffer ??= new Uint8Array(count);
    const bytes = await file.read(from + done, count, buffer);
    yield bytes;
    // One that the platform made for this is not needed any more.
    if (bytes.buffer !== buffer.buffer) freeBytes(bytes);
    done += count;
  }
}
