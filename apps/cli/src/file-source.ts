import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { CassetteError } from '@cassette/bytes';
import type { ByteSource } from '@cassette/sstable';

/** A file that is only read. */
export class FileSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  private readonly descriptor: number;

  /** Throws CassetteError CANNOT_READ. */
  constructor(path: string) {
    this.name = path;
    try {
      this.descriptor = openSync(path, 'r');
      this.size = fstatSync(this.descriptor).size;
    } catch (error) {
      throw new CassetteError('CANNOT_READ', `${path} can't be read: ${(error as Error).message}`, { file: path }, error);
    }
  }

  read(target: Uint8Array, position: number): number {
    let done = 0;
    while (done < target.length) {
      const count = readSync(this.descriptor, target, done, target.length - done, position + done);
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  close(): void {
    closeSync(this.descriptor);
  }
}
