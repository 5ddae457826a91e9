import { type ByteSource, ReadAheadSource } from '@cassette/sstable';
import { InspectorError } from './inspector-error.ts';

/** Bytes of a page, and of what is read of a file at a time. */
const PAGE_BYTES = 32 * 1024;
/** Pages that are kept, of all files together: 8 MiB. */
const PAGES_MAX = 256;

/** Bytes that are read at a time by whoever reads all of a file. */
const SCANNED_BYTES = 1 << 20;

/** Reads a blob at once, as a worker's FileReaderSync does. Throws what the platform says of a file that is gone. */
export type BlobReader = (blob: Blob) => ArrayBuffer;

/** Pages of files that were read last. */
export class PagePool {
  private readonly read: BlobReader;
  // In the order of their last use.
  private readonly pages = new Map<number, Uint8Array>();
  private sources = 0;

  constructor(read: BlobReader) {
    this.read = read;
  }

  /** A file to read from, synchronously and in place. Its reads throw InspectorError FILE_GONE where it is not there any more. */
  source(name: string, blob: Blob): ByteSource {
    const base = this.sources++ * 2 ** 28;
    const { size } = blob;
    return {
      name,
      size,
      read: (target, position) => {
        const end = Math.min(size, position + target.length);
        for (let at = position; at < end; ) {
          const page = Math.floor(at / PAGE_BYTES);
          const bytes = this.page(base + page, blob, page * PAGE_BYTES, name);
          const from = at - page * PAGE_BYTES;
          const count = Math.min(bytes.length - from, end - at);
          if (count <= 0) return at - position;
          target.set(bytes.subarray(from, from + count), at - position);
          at += count;
        }
        return Math.max(0, end - position);
      },
    };
  }

  /** The same for whoever goes through all of it, a long stretch at a time, and needs no page again. */
  scanned(name: string, blob: Blob): ByteSource {
    const whole: ByteSource = {
      name,
      size: blob.size,
      read: (target, position) => {
        const bytes = this.bytesOf(blob.slice(position, position + target.length), name);
        target.set(bytes);
        return bytes.length;
      },
    };
    return new ReadAheadSource(whole, SCANNED_BYTES);
  }

  private bytesOf(blob: Blob, name: string): Uint8Array {
    try {
      return new Uint8Array(this.read(blob));
    } catch (error) {
      throw gone(name, error);
    }
  }

  private page(key: number, blob: Blob, from: number, name: string): Uint8Array {
    const known = this.pages.get(key);
    if (known !== undefined) {
      this.pages.delete(key);
      this.pages.set(key, known);
      return known;
    }
    const bytes = this.bytesOf(blob.slice(from, from + PAGE_BYTES), name);
    if (this.pages.size === PAGES_MAX) this.pages.delete(this.pages.keys().next().value!);
    this.pages.set(key, bytes);
    return bytes;
  }
}

/** The error for a file that can't be read any more. */
export function gone(name: string, cause: unknown): InspectorError {
  return new InspectorError(
    'FILE_GONE',
    `${name} can’t be read any more: a compaction has replaced it, or it was removed or changed where it lies. Open it again`,
    { file: name },
    cause,
  );
}
