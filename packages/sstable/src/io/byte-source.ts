/** Bytes of a source that lie in memory, lent to who reads them: they stay as they are until he gives them back. */
export interface LentBytes {
  readonly bytes: Uint8Array;
  /** Position of the first of them in the source. */
  readonly from: number;
  /** How many are the source's. */
  readonly length: number;
  /** How many have them: each takes one away when it needs them no more. */
  borrowers: number;
}

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
  /**
   * Lends bytes among which is the one at `position`, which is within the source: for those who would copy them only to look at them.
   * Absent where nothing is in memory.
   */
  lend?(position: number): LentBytes;
}
