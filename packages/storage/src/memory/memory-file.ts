import { checkPosition, fileClosed } from '../shared/file-calls.ts';
import type { StorageFile } from '../storage.ts';
import type { ChunkedBytes } from './chunked-bytes.ts';

/** An open file of a MemoryStorage. */
export class MemoryFile implements StorageFile {
  readonly name: string;
  readonly #content: ChunkedBytes;
  readonly #release: () => void;
  #closed = false;

  constructor(name: string, content: ChunkedBytes, release: () => void) {
    this.name = name;
    this.#content = content;
    this.#release = release;
  }

  get size(): number {
    return this.#content.size;
  }

  read(target: Uint8Array, position: number): number {
    this.#check();
    checkPosition(position, 'position');
    return this.#content.read(target, position);
  }

  write(bytes: Uint8Array, position: number): void {
    this.#check();
    checkPosition(position, 'position');
    this.#content.write(bytes, position);
  }

  truncate(size: number): void {
    this.#check();
    checkPosition(size, 'size');
    this.#content.truncate(size);
  }

  flush(): void {
    this.#check();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#release();
  }

  #check(): void {
    if (this.#closed) throw fileClosed(this.name);
  }
}
