import { StorageError } from '../errors.ts';
import { checkPosition, fileClosed } from '../shared/file-calls.ts';
import type { StorageFile } from '../storage.ts';
import { domError } from './dom-errors.ts';

/** Bytes that are fetched at once: each time costs about a millisecond, however few they are. */
const WINDOW_BYTES = 512 * 1024;

/** What TypeScript's DOM library leaves to its worker library. */
declare class FileReaderSync {
  readAsArrayBuffer(blob: Blob): ArrayBuffer;
}

/**
 * A file of OPFS that somebody else may have open through a sync access handle, to be read only: by way of `File`, which needs no handle.
 * The file must not change meanwhile; the browser refuses to read one that has. For dedicated workers.
 */
export class OpfsSnapshot implements StorageFile {
  readonly name: string;
  readonly size: number;
  readonly #file: File;
  readonly #where: string;
  readonly #reader = new FileReaderSync();
  #window = new Uint8Array(0);
  #windowFrom = 0;
  #closed = false;

  constructor(name: string, where: string, file: File) {
    this.name = name;
    this.size = file.size;
    this.#file = file;
    this.#where = where;
  }

  read(target: Uint8Array, position: number): number {
    if (this.#closed) throw fileClosed(this.name);
    checkPosition(position, 'position');
    const count = Math.max(0, Math.min(target.length, this.size - position));
    for (let done = 0; done < count; ) {
      const at = position + done;
      const from = at - this.#windowFrom;
      if (from < 0 || from >= this.#window.length) {
        this.#fetch(at);
        continue;
      }
      const part = this.#window.subarray(from, Math.min(this.#window.length, from + count - done));
      target.set(part, done);
      done += part.length;
    }
    return count;
  }

  write(): void {
    throw this.#readOnly();
  }

  truncate(): void {
    throw this.#readOnly();
  }

  flush(): void {
    throw this.#readOnly();
  }

  close(): void {
    this.#closed = true;
    this.#window = new Uint8Array(0);
  }

  #fetch(at: number): void {
    const to = Math.min(this.size, at + WINDOW_BYTES);
    try {
      this.#window = new Uint8Array(this.#reader.readAsArrayBuffer(this.#file.slice(at, to)));
    } catch (error) {
      throw domError(error, 'read', this.#where);
    }
    this.#windowFrom = at;
    if (this.#window.length !== to - at) {
      throw new StorageError('STORAGE_IO', `Could not read ${this.#where}: it is shorter than it was`, { where: this.#where });
    }
  }

  #readOnly(): StorageError {
    return new StorageError('STORAGE_READ_ONLY', `File ${this.#where} is open for reading only`, { where: this.#where });
  }
}
