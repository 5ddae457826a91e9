import type { ExportContent, ExportTarget } from './export-store.ts';
import { type ExportSink, ZipStream } from './zip-stream.ts';

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
}
