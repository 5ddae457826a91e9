import {
  closeSync,
  type Dirent,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CassetteError } from '@cassette/bytes';
import {
  type Database,
  type ExportContent,
  type ExportHooks,
  type ExportOptions,
  type ExportReport,
  type ExportSink,
  type ExportTarget,
  type WrittenExport,
  ZipTarget,
} from '@cassette/engine';
import { parseFileName } from '@cassette/sstable';
import type { SSTableFiles } from './load/write-sstable-files.ts';
import { isRead, print } from './print.ts';
import type { ProgressLine } from './progress-line.ts';

/**
 * Exports a store as the zip or the directory `out`. What was there stays as it was until the new export is whole, and is then replaced by it. Rejects
 * with CassetteError CANNOT_WRITE, and whatever the export rejects with.
 */
export async function exportFiles(
  database: Database,
  what: ExportOptions,
  out: string,
  progress: ProgressLine,
  signal?: AbortSignal,
): Promise<ExportReport> {
  const part = `${out}.part`;
  rmSync(part, { recursive: true, force: true });
  const hooks: ExportHooks = {
    onProgress: ({ phase, bytesDone, bytesTotal }) => progress.show(phase, bytesDone, bytesTotal),
    ...(signal !== undefined && { signal }),
  };
  try {
    const done = out.endsWith('.zip')
      ? await toZip(part, (target) => database.exportTo(what, target, hooks))
      : await database.exportTo(what, new DirectoryTarget(part), hooks);
    rmSync(out, { recursive: true, force: true });
    renameSync(part, out);
    return done;
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    throw error instanceof CassetteError ? error : cannotWrite(out, error);
  } finally {
    progress.end();
  }
}

/**
 * Makes the directory `out` of files that lie on the same file system and are durable, as {@link exportFiles} does: they are renamed, not copied. Throws
 * CassetteError CANNOT_WRITE.
 */
export function exportWrittenFiles({ texts, files }: WrittenExport<SSTableFiles>, out: string): void {
  const part = `${out}.part`;
  try {
    rmSync(part, { recursive: true, force: true });
    const paths = [...texts, ...files].map(({ name }) => dirname(join(part, name)));
    for (const folder of new Set(paths)) mkdirSync(folder, { recursive: true });
    for (const { name, text } of texts) {
      const file = openSync(join(part, name), 'w');
      try {
        writeAll(file, new TextEncoder().encode(text));
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    }
    for (const { name, file } of files) renameSync(file.path, join(part, name));
    rmSync(out, { recursive: true, force: true });
    renameSync(part, out);
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    throw cannotWrite(out, error);
  }
}

/**
 * An export may replace a zip, and a directory that is not there, is empty, or holds a former export and nothing else. Throws CassetteError
 * NOT_AN_EXPORT.
 */
export function checkReplaceable(out: string): void {
  if (!existsSync(out)) return;
  const isDirectory = statSync(out).isDirectory();
  const isZip = out.endsWith('.zip');
  if (isZip && isDirectory) {
    throw new CassetteError('NOT_AN_EXPORT', `${out} is a directory, but a zip would be written there: give another name`);
  }
  if (!isZip && !isDirectory) {
    throw new CassetteError('NOT_AN_EXPORT', `${out} is a file: give a new or an empty directory, or a name that ends in .zip`);
  }
  if (isZip) return;
  const foreign = readdirSync(out, { recursive: true, withFileTypes: true }).find(
    (entry) => !entry.isDirectory() && !isSchema(entry.name) && !isKit(out, entry) && !isComponent(entry.name),
  );
  if (foreign === undefined) return;
  throw new CassetteError(
    'NOT_AN_EXPORT',
    `${out} holds other files than an export's (${join(foreign.parentPath, foreign.name)}): give a new or an empty directory`,
  );
}

/** Exports a store as a zip on standard output. Rejects with CassetteError CANNOT_WRITE where its reader does not wait for all of it. */
export async function exportToOutput(
  database: Database,
  what: ExportOptions,
  progress: ProgressLine,
  signal: AbortSignal,
): Promise<ExportReport> {
  const write = async (chunk: Uint8Array): Promise<void> => {
    await print(chunk);
    if (!isRead()) throw new CassetteError('CANNOT_WRITE', 'Standard output was closed before the zip was whole');
  };
  const onProgress: ExportHooks['onProgress'] = ({ phase, bytesDone, bytesTotal }) => progress.show(phase, bytesDone, bytesTotal);
  try {
    return await database.exportTo(what, new ZipTarget({ write }, Date.now()), { onProgress, signal });
  } finally {
    progress.end();
  }
}

function isSchema(name: string): boolean {
  return name === 'schema.cql' || name === 'schema-changes.cql';
}

/** What lies beside the keyspaces in an export. */
function isKit(out: string, { name, parentPath }: Dirent): boolean {
  return resolve(parentPath) === out && ['README.md', 'SHA256SUMS', 'load.sh', 'manifest.json'].includes(name);
}

function isComponent(name: string): boolean {
  try {
    parseFileName(name);
    return true;
  } catch (error) {
    if (error instanceof CassetteError) return false;
    throw error;
  }
}

function cannotWrite(path: string, error: unknown): CassetteError {
  return new CassetteError('CANNOT_WRITE', `${path} can't be written: ${(error as Error).message}`, { file: path }, error);
}

async function toZip(path: string, run: (target: ExportTarget) => Promise<ExportReport>): Promise<ExportReport> {
  const sink = new FileSink(path);
  try {
    const report = await run(new ZipTarget(sink, Date.now()));
    sink.flush();
    return report;
  } finally {
    sink.close();
  }
}

/** An export as files in a directory. */
export class DirectoryTarget implements ExportTarget {
  private readonly out: string;
  private bytes = 0;

  constructor(out: string) {
    this.out = out;
    mkdirSync(out, { recursive: true });
  }

  async add(name: string, _size: number, content: ExportContent): Promise<void> {
    const path = join(this.out, name);
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(path, 'w');
    try {
      for await (const chunk of content) {
        writeAll(file, chunk);
        this.bytes += chunk.length;
      }
      fsyncSync(file);
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

  write(chunk: Uint8Array): Uint8Array {
    writeAll(this.file, chunk);
    return chunk;
  }

  flush(): void {
    fsyncSync(this.file);
  }

  close(): void {
    closeSync(this.file);
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}
