import { CorruptionError } from '@cassette/bytes';
import type { ByteSource } from '@cassette/sstable';
import { checkAborted } from './import-error.ts';
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
  /** Reads a long stretch in order; null where there is nothing better than `read` for it. */
  fill?(from: number, length: number): Filling | null;
}

/** Bytes of a source that are asked for at a time. */
const CHUNK_BYTES = 256 * 1024;

/** A view on a Blob or ByteSource, of which nothing more is read once `signal` says so: reads throw CassetteError ABORTED then. */
export function randomAccess(source: BlobLike | ByteSource, name: string, signal?: AbortSignal | undefined): RandomAccess {
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
        checkAborted(signal);
        if (from + length > size) throw new CorruptionError(`the source ends before ${from + length}`, name, size);
        return checked(new Uint8Array(await source.slice(from, from + length).arrayBuffer()), from, length);
      },
      fill: (from, length) => fillingOf(source.slice(from, from + length)),
    };
  }
  return {
    name,
    size,
    read: async (from, length, into) => {
      checkAborted(signal);
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
  let buffer: Uint8Array = new Uint8Array(Math.min(CHUNK_BYTES, length));
  const filling = length > CHUNK_BYTES ? (file.fill?.(from, length) ?? null) : null;
  try {
    for (let done = 0; done < length; ) {
      const wanted = Math.min(buffer.length, length - done);
      const bytes = filling === null ? await file.read(from + done, wanted, buffer) : await filling.read(buffer, wanted);
      if (bytes === null) throw new CorruptionError(`the source ends before its ${file.size} bytes`, file.name, from + done);
      yield bytes;
      done += bytes.length;
      if (filling !== null) buffer = new Uint8Array(bytes.buffer);
    }
  } finally {
    await filling?.cancel();
  }
}

/** What fills a buffer that goes there and comes back. */
interface Filling {
  /** At least a byte, and `wanted` of them where the platform can wait for as many; null at the end. */
  read(buffer: Uint8Array, wanted: number): Promise<Uint8Array | null>;
  cancel(): Promise<void>;
}

/**
 * Reads a Blob into a buffer of ours, where the platform can: of what `arrayBuffer()` makes, browsers let hundreds of megabytes gather before
 * they collect them. Null where it can't.
 */
function fillingOf(blob: object): Filling | null {
  const stream = (blob as Partial<Blob>).stream?.();
  if (stream === undefined) return null;
  let reader: ReadableStreamBYOBReader;
  try {
    reader = stream.getReader({ mode: 'byob' });
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
  return {
    async read(buffer, wanted) {
      // Every read leaves some objects of the browser's own behind: as few as can be.
      const { done, value } = await reader.read(buffer as Uint8Array<ArrayBuffer>, { min: wanted });
      return done || value === undefined ? null : value;
    },
    cancel: () => reader.cancel(),
  };
}
