import { close, closeSync, fdatasync, fdatasyncSync, ftruncateSync } from 'node:fs';
import type { CassetteError } from '@cassette/bytes';
import { checkPosition, fileClosed, flushFailedBefore } from '../shared/file-calls.ts';
import type { StorageFile } from '../storage.ts';
import { readAll, writeAll } from './fs-calls.ts';
import { guarded, nodeError } from './node-errors.ts';

/** What a file needs of its storage. */
export interface NodeFileHooks {
  /** Makes the file's directory entry durable if it is not known to be. */
  makeEntryDurable(): void;
  /** Called once, when the file is closed. */
  closed(): void;
}

/** An open file of a NodeStorage: one descriptor, positioned reads and writes, a cached size. */
export class NodeFile implements StorageFile {
  readonly name: string;
  readonly #path: string;
  readonly #fd: number;
  readonly #hooks: NodeFileHooks;
  #size: number;
  #closed = false;
  #flushError: CassetteError | undefined;
  #ahead: Promise<void> | null = null;

  constructor(name: string, path: string, fd: number, size: number, hooks: NodeFileHooks) {
    this.name = name;
    this.#path = path;
    this.#fd = fd;
    this.#size = size;
    this.#hooks = hooks;
  }

  get size(): number {
    return this.#size;
  }

  read(target: Uint8Array, position: number): number {
    this.#check();
    checkPosition(position, 'position');
    if (position >= this.#size) return 0;
    const wanted = this.#size - position < target.length ? target.subarray(0, this.#size - position) : target;
    return guarded('read', this.#path, () => readAll(this.#fd, wanted, position));
  }

  write(bytes: Uint8Array, position: number): void {
    this.#check();
    checkPosition(position, 'position');
    if (bytes.length === 0) return;
    try {
      writeAll(this.#fd, bytes, position);
    } catch (error) {
      this.#restoreSize();
      throw nodeError(error, 'write', this.#path);
    }
    this.#size = Math.max(this.#size, position + bytes.length);
  }

  truncate(size: number): void {
    this.#check();
    checkPosition(size, 'size');
    guarded('truncate', this.#path, () => ftruncateSync(this.#fd, size));
    this.#size = size;
  }

  flush(): void {
    this.#check();
    if (this.#flushError !== undefined) throw flushFailedBefore(this.name, this.#flushError);
    try {
      fdatasyncSync(this.#fd);
      this.#hooks.makeEntryDurable();
    } catch (error) {
      this.#flushError = nodeError(error, 'flush', this.#path);
      throw this.#flushError;
    }
  }

  flushAhead(): Promise<void> {
    this.#check();
    if (this.#flushError !== undefined) return Promise.reject(flushFailedBefore(this.name, this.#flushError));
    this.#ahead ??= new Promise((resolve, reject) => {
      fdatasync(this.#fd, (error) => {
        this.#ahead = null;
        if (error !== null) this.#flushError ??= nodeError(error, 'flush', this.#path);
        // Of a file that nobody has any more the descriptor goes, whatever comes of that: without a callback Node would throw it at the process.
        if (this.#closed) close(this.#fd, () => undefined);
        if (error === null) resolve();
        else reject(this.#flushError);
      });
    });
    return this.#ahead;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      // What is under way needs the descriptor: its number would be another file's.
      if (this.#ahead === null) guarded('close', this.#path, () => closeSync(this.#fd));
    } finally {
      this.#hooks.closed();
    }
  }

  /** A write that failed half-way may have grown the file: cut it back, so that its size is what it was. */
  #restoreSize(): void {
    guarded('cut back', this.#path, () => ftruncateSync(this.#fd, this.#size));
  }

  #check(): void {
    if (this.#closed) throw fileClosed(this.name);
  }
}
