/** Where an export's bytes go: a chunk at a time, the next one when the last was taken. */
export interface ExportSink {
  /**
   * Takes a chunk, which is the sink's from then on. One that has no more use for it gives it back, or another of its size, for what comes
   * next: what is kept or let go gathers until the garbage collector looks, which is some 64 MiB of it.
   */
  write(chunk: Uint8Array): Promise<Uint8Array | undefined> | Promise<void> | Uint8Array | void;
}

/** Bytes of a chunk. What a page writes into a file costs as much again for each chunk of 256 KiB as for its bytes; larger ones win little. */
export const CHUNK_BYTES = 512 * 1024;

/**
 * Gathers bytes into chunks and hands them to a sink, one at a time. While the sink takes one the next is gathered: of a sink in another
 * thread neither side waits for the other. Two buffers, or one where the sink answers at once and gives its chunks back.
 */
export class ChunkWriter {
  private readonly write: ExportSink['write'];
  private gathered: Uint8Array<ArrayBuffer> | null = null;
  private gatheredBytes = 0;
  private handedBytes = 0;
  /** What came back and is free. */
  private spare: Uint8Array<ArrayBuffer> | null = null;
  /** The chunk that is being taken; null where there is none. */
  private taking: Promise<void> | null = null;

  constructor(write: ExportSink['write']) {
    this.write = write;
  }

  /** Bytes that were put. */
  get bytes(): number {
    return this.handedBytes + this.gatheredBytes;
  }

  /** Takes bytes: what is put is copied, so that the caller may use them again. Rejects with what the sink throws, of this chunk or the one before. */
  async put(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      if (this.gatheredBytes === CHUNK_BYTES) await this.hand();
      if (this.gathered === null) {
        this.gathered = this.spare ?? new Uint8Array(CHUNK_BYTES);
        this.spare = null;
      }
      const count = Math.min(bytes.length - at, CHUNK_BYTES - this.gatheredBytes);
      this.gathered.set(bytes.subarray(at, at + count), this.gatheredBytes);
      this.gatheredBytes += count;
      at += count;
    }
  }

  /** Hands on what is gathered, and resolves when all was taken. Rejects with what the sink throws. */
  async flush(): Promise<void> {
    if (this.gatheredBytes > 0) await this.hand();
    await this.taken();
  }

  /** Resolves when nothing is being taken any more, whatever came of it: what is not finished ends like this. */
  async settled(): Promise<void> {
    await this.taking?.catch(() => undefined);
  }

  private async taken(): Promise<void> {
    const { taking } = this;
    await taking;
    this.taking = null;
  }

  private async hand(): Promise<void> {
    await this.taken();
    const { gathered, gatheredBytes } = this;
    const isFull = gatheredBytes === CHUNK_BYTES;
    this.gatheredBytes = 0;
    this.handedBytes += gatheredBytes;
    if (isFull) this.gathered = null;
    const answer = this.write(isFull ? gathered! : gathered!.slice(0, gatheredBytes));
    if (answer === undefined || answer instanceof Uint8Array) {
      if (isFull) this.takeBack(answer);
      return;
    }
    this.taking = Promise.resolve<unknown>(answer).then((back) => {
      if (isFull) this.takeBack(back);
    });
    // Whoever puts, flushes or waits next hears of it.
    this.taking.catch(() => undefined);
  }

  private takeBack(chunk: unknown): void {
    if (chunk instanceof Uint8Array && chunk.length === CHUNK_BYTES) this.spare = chunk as Uint8Array<ArrayBuffer>;
  }
}
