/** A file in memory that can be read at once, which Node's own Blob can't. */
export class BytesBlob {
  readonly size: number;
  private readonly bytes: Uint8Array;
  /** Whether reads fail, as those of a file that was removed. */
  isGone = false;
  private readonly parent: BytesBlob | null;

  constructor(bytes: Uint8Array, parent: BytesBlob | null = null) {
    this.bytes = bytes;
    this.size = bytes.length;
    this.parent = parent;
  }

  slice(from: number, to: number): BytesBlob {
    return new BytesBlob(this.bytes.subarray(from, to), this);
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return this.now();
  }

  now(): ArrayBuffer {
    for (let at: BytesBlob | null = this; at !== null; at = at.parent) {
      if (at.isGone) throw new DOMException('A requested file could not be found', 'NotFoundError');
    }
    return this.bytes.slice().buffer;
  }
}
