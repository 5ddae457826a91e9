import { ChunkWriter } from './chunk-writer.ts';
import type { ExportContent, ExportTarget } from './export-store.ts';

/** Takes a chunk of a file, which may come back; null: the file is whole. */
type Write = (chunk: Uint8Array | null, file: string) => Promise<Uint8Array | undefined>;

/** An export that is given out file by file, in chunks. */
export class FilesTarget implements ExportTarget {
  private readonly write: Write;
  private readonly out: ChunkWriter;
  private file = '';

  constructor(write: Write) {
    this.write = write;
    this.out = new ChunkWriter((chunk) => write(chunk, this.file));
  }

  async add(name: string, _size: number, content: ExportContent): Promise<void> {
    this.file = name;
    for await (const chunk of content) await this.out.put(chunk);
    await this.out.flush();
    await this.write(null, name);
  }

  async finish(): Promise<number> {
    return this.out.bytes;
  }

  abandon(): Promise<void> {
    return this.out.settled();
  }
}
