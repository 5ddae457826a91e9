import type { ExportContent, ExportTarget } from '@cassette/engine';

/** Bytes of a file that are handed on at a time. */
const CHUNK_BYTES = 256 * 1024;

/** Takes a chunk of a file, which may come back; null: the file is whole. */
type Write = (chunk: Uint8Array | null, file: string) => Promise<Uint8Array | undefined>;

/** An export that is given out file by file. */
export class FilesTarget implements ExportTarget {
  private readonly write: Write;
  private buffer = new Uint8Array(CHUNK_BYTES);
  private filled = 0;
  private bytes = 0;

  constructor(write: Write) {
    this.write = write;
  }

  async add(name: string, _size: number, content: ExportContent): Promise<void> {
    this.filled = 0;
    for await (const chunk of content) {
      for (let at = 0; at < chunk.length; ) {
        const count = Math.min(chunk.length - at, CHUNK_BYTES - this.filled);
        this.buffer.set(chunk.subarray(at, at + count), this.filled);
        this.filled += count;
        at += count;
        if (this.filled === CHUNK_BYTES) await this.hand(name);
      }
    }
    if (this.filled > 0) await this.hand(name);
    await this.write(null, name);
  }

  async finish(): Promise<number> {
    return this.bytes;
  }

  private async hand(name: string): Promise<void> {
    const { buffer, filled } = this;
    this.bytes += filled;
    this.filled = 0;
    const isFull = filled === CHUNK_BYTES;
    const back = await this.write(isFull ? buffer : buffer.slice(0, filled), name);
    if (isFull)
      this.buffer = back?.length === CHUNK_BYTES ? new Uint8Array(back.buffer as ArrayBuffer) : new Uint8Array(CHUNK_BYTES);
  }
}
