import type { ByteSource } from '@cassette/sstable';
import { checkDistinct, pathParts } from './check-path.ts';
import { ImportError } from './import-error.ts';
import type { BlobLike, ImportFile } from './import-options.ts';
import { chunksOf, type RandomAccess, randomAccess } from './random-access.ts';
import { contentOf } from './zip/entry-content.ts';
import { readZip, type ZipEntry } from './zip/zip-entries.ts';

/** A file that is imported, wherever it comes from. */
export interface ImportEntry {
  /** For messages: its path, with the zip before it. */
  readonly shown: string;
  /** The zip that it is in; '' for one of a folder. */
  readonly origin: string;
  /** The parts of its path. */
  readonly parts: readonly string[];
  readonly size: number;
  /** Its content, a chunk at a time, good until the next; what is wrong with a zip's is told with the last chunk. */
  content(): AsyncIterable<Uint8Array>;
  /** Whether it was read to its end, or nothing tells what it has to be. */
  readonly isChecked: boolean;
}

/** The entries of a zip. Throws ImportError BAD_ZIP, BAD_IMPORT_NAME. */
export async function entriesOfZip(file: RandomAccess, origin: string): Promise<readonly ImportEntry[]> {
  const entries = await readZip(file);
  return entries.map((entry) => new EntryOfZip(file, entry, origin));
}

class EntryOfZip implements ImportEntry {
  readonly shown: string;
  readonly origin: string;
  readonly parts: readonly string[];
  readonly size: number;
  isChecked = false;
  private readonly file: RandomAccess;
  private readonly entry: ZipEntry;

  constructor(file: RandomAccess, entry: ZipEntry, origin: string) {
    this.file = file;
    this.entry = entry;
    this.origin = origin;
    this.shown = `${origin}/${entry.name}`;
    this.parts = pathParts(entry.name);
    this.size = entry.size;
  }

  async *content(): AsyncGenerator<Uint8Array, void, void> {
    yield* contentOf(this.file, this.entry);
    this.isChecked = true;
  }
}

/** The entries of a folder, those of zips in it among them. Throws ImportError BAD_ZIP, BAD_IMPORT_NAME, IMPORT_INVALID, CassetteError ABORTED. */
export async function entriesOfFiles(
  files: readonly ImportFile[],
  signal?: AbortSignal | undefined,
): Promise<readonly ImportEntry[]> {
  const entries: ImportEntry[] = [];
  for (const file of files) {
    if (typeof file?.name !== 'string' || !isBytes(file.blob)) {
      throw new ImportError('IMPORT_INVALID', 'Files that are imported are objects { name, blob }: a path and a Blob');
    }
    const { name } = file;
    const parts = pathParts(name);
    const access = randomAccess(file.blob, name, signal);
    if (isZipName(name)) entries.push(...(await entriesOfZip(access, name)));
    else
      entries.push({
        shown: name,
        origin: '',
        parts,
        size: access.size,
        content: () => chunksOf(access, 0, access.size),
        isChecked: true,
      });
  }
  checkDistinct(files.map(({ name }) => name));
  return entries;
}

/** Whether something is read as a whole of known size: a Blob, or a ByteSource. */
export function isBytes(value: unknown): value is BlobLike | ByteSource {
  if (typeof value !== 'object' || value === null) return false;
  const { size, slice, read } = value as Partial<BlobLike & ByteSource>;
  return typeof size === 'number' && (typeof slice === 'function' || typeof read === 'function');
}

/** All of an entry that must be small. Throws ImportError where it is not. */
export async function readWhole(entry: ImportEntry, max: number): Promise<Uint8Array> {
  if (entry.size > max) {
    throw new ImportError('IMPORT_DAMAGED', `${entry.shown} has ${entry.size} bytes: no file of its name has more than ${max}`, {
      sstable: entry.shown,
      errors: [`more than ${max} bytes`],
    });
  }
  const bytes = new Uint8Array(entry.size);
  let at = 0;
  for await (const chunk of entry.content()) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function isZipName(name: string): boolean {
  return /\.zip$/i.test(name);
}
