import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CassetteError } from '@cassette/bytes';
import { type ExportSink, type ExportTarget, ZipTarget } from '@cassette/engine';
import { withStore } from '../open-store.ts';

interface ExportCommandOptions {
  readonly dir: string;
  readonly out: string;
  readonly format: string;
  /** Commander's --no-compact. */
  readonly compact: boolean;
}

/** `cassette export --dir D --out X.zip|DIR [--format nb] [--no-compact]`; prints what was exported as one JSON object. */
export async function exportStore({ dir, out, format, compact }: ExportCommandOptions): Promise<void> {
  if (format !== 'nb') {
    throw new CassetteError(
      'UNSUPPORTED_FORMAT',
      `Format ${format} is not written: nb is, which every Cassandra 4.x and 5.x node reads`,
    );
  }
  const report = await withStore(dir, { mustExist: true }, async (database) => {
    if (!out.endsWith('.zip')) return database.exportTo({ format, compact }, new DirectoryTarget(out));
    const sink = new FileSink(out);
    try {
      return await database.exportTo({ format, compact }, new ZipTarget(sink, Date.now()));
    } finally {
      sink.close();
    }
  });
  process.stdout.write(`${JSON.stringify(report, (_, value) => (typeof value === 'bigint' ? String(value) : value))}\n`);
}

/** An export as files in a directory. */
class DirectoryTarget implements ExportTarget {
  private readonly out: string;
  private bytes = 0;

  constructor(out: string) {
    this.out = out;
  }

  async add(name: string, _size: number, content: Iterable<Uint8Array>): Promise<void> {
    const path = join(this.out, name);
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(path, 'w');
    try {
      for (const chunk of content) {
        writeAll(file, chunk);
        this.bytes += chunk.length;
      }
    } finally {
      closeSync(file);
    }
  }

  async finish(): Promise<number> {
    return this.bytes;
  }
}

class FileSink implements ExportSink {
  private readonly file: number;

  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.file = openSync(path, 'w');
  }

  write(chunk: Uint8Array): void {
    writeAll(this.file, chunk);
  }

  close(): void {
    closeSync(this.file);
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}
