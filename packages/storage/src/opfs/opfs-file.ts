import type { CassetteError } from '@cassette/bytes';
import { checkPosition, fileClosed, flushFailedBefore } from '../shared/file-calls.ts';
import type { StorageFile } from '../storage.ts';
import { domError, storageFull } from './dom-errors.ts';
import type { SyncAccessHandle } from './opfs-types.ts';

/** An open file of an OpfsStorage: a sync access handle, with the size cached because `getSize` costs 40 µs in Firefox. */
export class OpfsFile implements StorageFile {
  readonly name: string;
  readonly #where: string;
  readonly #handle: SyncAccessHandle;
  readonly #release: () => void;
  #size: number;
  #closed = false;
  #flushError: CassetteError | undefined;

  constructor(name: string, where: string, handle: SyncAccessHandle, release: () => void) {
    this.name = name;
    this.#where = where;
    this.#handle = handle;
    this.#release = release;
    this.#size = handle.getSize();
  }

  get size(): number {
    return this.#size;
  }

  read(target: Uint8Array, position: number): number {
    this.#check();
    checkPosition(position, 'position');
    const count = Math.max(0, Math.min(target.length, this.#size - position));
    let done = 0;
    try {
      while (done < count) {
        const part = done === 0 && count === target.length ? target : target.subarray(done, count);
        const got = this.#handle.read(part, { at: position + done });
        if (got === 0) break;
        done += got;
      }
    } catch (error) {
      throw domError(error, 'read', this.#where);
    }
    return done;
  }

  write(bytes: Uint8Array, position: number): void {
    this.#check();
    checkPosition(position, 'position');
    if (bytes.length === 0) return;
    let done = 0;
    try {
      while (done < bytes.length) {
        const got = this.#handle.write(done === 0 ? bytes : bytes.subarray(done), { at: position + done });
        // Not even one byte and no reason given: going on would go on for ever.
        if (got === 0) throw storageFull('write', this.#where);
        done += got;
      }
    } catch (error) {
      this.#restoreSize();
      // A full device takes what still fits, then throws, whatever the name of the error; the quota throws its own.
      throw done > 0 ? storageFull('write', this.#where, error) : domError(error, 'write', this.#where);
    }
    this.#size = Math.max(this.#size, position + bytes.length);
  }

  truncate(size: number): void {
    this.#check();
    checkPosition(size, 'size');
    try {
      this.#handle.truncate(size);
    } catch (error) {
      if (size > this.#size) this.#restoreSize();
      throw domError(error, size > this.#size ? 'grow' : 'cut', this.#where);
    }
    this.#size = size;
  }

  flush(): void {
    this.#check();
    if (this.#flushError !== undefined) throw flushFailedBefore(this.name, this.#flushError);
    try {
      this.#handle.flush();
    } catch (error) {
      this.#flushError = domError(error, 'flush', this.#where);
      throw this.#flushError;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.#handle.close();
    } catch (error) {
      throw domError(error, 'close', this.#where);
    } finally {
      this.#release();
    }
  }

  /** A write or a growth that failed half-way may have grown the file: cut it back, so that its size is what it was. */
  #restoreSize(): void {
    try {
      this.#handle.truncate(this.#size);
    } catch (error) {
      throw domError(error, 'cut back', this.#where);
    }
  }

  #check(): void {
    if (this.#closed) throw fileClosed(this.name);
  }
}
