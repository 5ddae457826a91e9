import { CorruptionError } from '@cassette/bytes';
import type { ByteSource } from '@cassette/sstable';
import type { BlobLike } from './import-options.ts';

/** Bytes that are read anywhere: of a Blob, which answers later, or of a file of ours, which answers at once. */
export interface RandomAccess {
  /** For messages. */
  readonly name: string;
  readonly size: number;
  /** Exactly those bytes. Throws CorruptionError where the source ends before, and what the platform says of one that is gone. */
  read(from: number, length: number): Promise<Uint8Array>;
}

/** Bytes of a source that are asked for at a time: a few turns a second at the least. */
const CHUNK_BYTES = 512 * 1024;

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
    read: async (from, length) => {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, size - from)));
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

/** A stretch of it in chunks. */
export async function* chunksOf(file: RandomAccess, from: number, length: number): AsyncGenerator<Uint8Array, void, void> {
  for (let done = 0; done < length; ) {
    const count = Math.min(CHUNK_BYTES, length - done);
    yield await file.read(from + done, count);
    done += count;
  }
}
