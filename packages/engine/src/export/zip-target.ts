import type { ExportSink } from './chunk-writer.ts';
import type { ExportContent, ExportTarget } from './export-store.ts';
import { ZipStream } from './zip-stream.ts';

/** An export as a zip. */
export class ZipTarget implements ExportTarget {
  private readonly zip: ZipStream;

  /** `mtime`: what the zip says its files were last changed at, in milliseconds. */
  constructor(sink: ExportSink, mtime: number) {
    this.zip = new ZipStream(sink, mtime);
  }

  add(name: string, size: number, content: ExportContent): Promise<void> {
    return this.zip.add(name, size, content);
  }

  async finish(): Promise<number> {
    await this.zip.finish();
    return this.zip.bytesWritten;
  }

  abandon(): Promise<void> {
    return this.zip.settled();
  }
}
