import { CassetteError } from '@cassette/bytes';
import type { ByteSource } from '../io/byte-source.ts';
import type { Findings } from './findings.ts';

/**
 * Data.db uncompressed, read chunk by chunk: each chunk that is wrong becomes a finding once, also those that a scan passes over. Reads
 * each chunk once if it is read from the beginning to the end.
 */
export class CheckedChunks implements ByteSource {
  readonly name: string;
  readonly size: number;
  private readonly chunks: ByteSource;
  private readonly chunkLength: number;
  private readonly findings: Findings;
  private readonly one = new Uint8Array(1);
  private checked = 0;

  /** `chunks` checks the checksum of a chunk when it reads of it. */
  constructor(chunks: ByteSource, chunkLength: number, findings: Findings) {
    this.name = chunks.name;
    this.size = chunks.size;
    this.chunks = chunks;
    this.chunkLength = chunkLength;
    this.findings = findings;
  }

  read(target: Uint8Array, position: number): number {
    const { chunkLength } = this;
    const end = Math.min(this.size, position + target.length);
    let at = position;
    while (at < end) {
      const chunk = Math.floor(at / chunkLength);
      this.checkUntil(chunk);
      const to = Math.min(end, (chunk + 1) * chunkLength);
      const count = this.readOf(chunk, target.subarray(at - position, to - position), at);
      if (count <= 0) break;
      at += count;
    }
    return Math.max(0, at - position);
  }

  /** Checks those chunks that nobody has read. */
  finish(): void {
    this.checkUntil(Math.ceil(this.size / this.chunkLength));
  }

  private checkUntil(chunk: number): void {
    while (this.checked < chunk && !this.findings.isFull) {
      try {
        this.readOf(this.checked, this.one, this.checked * this.chunkLength);
      } catch (error) {
        // It is among the findings.
        if (!(error instanceof CassetteError)) throw error;
      }
    }
  }

  private readOf(chunk: number, target: Uint8Array, position: number): number {
    try {
      return this.chunks.read(target, position);
    } catch (error) {
      if (chunk >= this.checked) this.findings.caught('chunks', error);
      throw error;
    } finally {
      this.checked = Math.max(this.checked, chunk + 1);
    }
  }
}
