/** Bytes to read from, anywhere and at any time: an open file, or a decompressing view of one. Synchronous. */
export interface ByteSource {
  /** For messages: the file's name. */
  readonly name: string;
  /** Bytes in all. */
  readonly size: number;
  /** Reads up to `target.length` bytes at `position` and returns how many there were; short only at the end. */
  read(target: Uint8Array, position: number): number;
  /** Told where what was read before serves again without a read: a cache counts it. */
  foundAgain?(): void;
}
