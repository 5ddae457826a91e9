import { CassetteError } from '@cassette/bytes';
import { Zip, ZipPassThrough } from 'fflate';

/** Where an export's bytes go: a chunk at a time, the next one when the last was taken. */
export interface ExportSink {
  write(chunk: Uint8Array): Promise<void> | void;
}

/** A zip without Zip64 records can't say more than 32 bits. */
const zipBytesMax = 0xffffffff;
const zipEntriesMax = 0xffff;
/** What an entry costs beside its content and twice its name: local header, data descriptor, central directory. */
const entryOverhead = 30 + 16 + 46;
/** Chunks are gathered up to this before they are handed on. */
const chunkBytes = 256 * 1024;

/**
 * A zip written front to back into a sink that may be slow, in constant memory. Entries are stored, not compressed: an
 * SSTable's data is compressed already. Dates are the caller's, so that two exports of the same state are the same bytes.
 */
export class ZipStream {
  /** Bytes handed to the sink so far. */
  bytesWritten = 0;
  private readonly sink: ExportSink;
  private readonly mtime: number;
  private readonly zip: Zip;
  private gathered: Uint8Array[] = [];
  private gatheredBytes = 0;
  private sizeSoFar = 22;
  private entries = 0;
  private failure: Error | null = null;

  /** `mtime` in milliseconds since the epoch. */
  constructor(sink: ExportSink, mtime: number) {
    this.sink = sink;
    // A zip can't say a year before 1980.
    this.mtime = Math.max(mtime, Date.UTC(1980, 0, 2));
    this.zip = new Zip((error, chunk) => {
      if (error) this.failure = error;
      else if (chunk.length > 0) {
        this.gathered.push(chunk);
        this.gatheredBytes += chunk.length;
      }
    });
  }

  /**
   * Adds an entry whose content comes in chunks of `size` bytes altogether; chunks may be reused once they are taken.
   * Throws EXPORT_TOO_LARGE where the zip would need records that it does not have.
   */
  async add(name: string, size: number, content: Iterable<Uint8Array>): Promise<void> {
    this.sizeSoFar += size + 2 * name.length + entryOverhead;
    this.entries++;
    if (this.sizeSoFar > zipBytesMax || this.entries > zipEntriesMax) {
      throw new CassetteError(
        'EXPORT_TOO_LARGE',
        `The export would be a zip of more than ${this.entries > zipEntriesMax ? `${zipEntriesMax} files` : '4 GiB'} at ${name}. Export some of the tables at a time: { tables: ['keyspace.table', …] }.`,
        { entry: name, bytes: this.sizeSoFar },
      );
    }
    const entry = new ZipPassThrough(name);
    entry.mtime = this.mtime;
    this.zip.add(entry);
    for (const chunk of content) {
      // The zip keeps what it is given until the sink has it: the caller's buffer is copied once, here.
      entry.push(chunk.slice());
      if (this.gatheredBytes >= chunkBytes) await this.drain();
    }
    entry.push(new Uint8Array(0), true);
    await this.drain();
  }

  /** Writes the directory at the end. */
  async finish(): Promise<void> {
    this.zip.end();
    await this.drain();
  }

  private async drain(): Promise<void> {
    if (this.failure)
      throw new CassetteError('EXPORT_FAILED', `The zip could not be made: ${this.failure.message}`, {}, this.failure);
    if (this.gatheredBytes === 0) return;
    const chunk = new Uint8Array(this.gatheredBytes);
    let at = 0;
    for (const part of this.gathered) {
      chunk.set(part, at);
      at += part.length;
    }
    this.gathered = [];
    this.gatheredBytes = 0;
    // Counted first: a sink may transfer the chunk, which leaves it empty.
    this.bytesWritten += chunk.length;
    await this.sink.write(chunk);
  }
}
