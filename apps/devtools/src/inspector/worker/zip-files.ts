import { randomAccess, readZip, type ZipEntry, zipEntryContent } from '@cassette/engine';
import { InspectorError } from './inspector-error.ts';

/** Uncompressed bytes of a deflated entry that are held; those of stored ones are read in place. */
const INFLATED_MAX = 256 * 1024 * 1024;

/** An entry of a zip as a file. */
export interface ZipFile {
  readonly path: string;
  /** Bytes that opening it takes of memory; 0 where it is read in place. */
  readonly inflatedSize: number;
  /** Its content: a part of the zip where it is stored, else inflated. */
  readonly open: () => Promise<Blob>;
}

/** Makes a blob of bytes. */
export type BlobMaker = (chunks: Uint8Array<ArrayBuffer>[]) => Blob;

/** The files in a zip, opened in place. Throws ImportError BAD_ZIP; opening one throws that too, and InspectorError TOO_LARGE_TO_INFLATE. */
export async function filesInZip(name: string, zip: Blob, makeBlob: BlobMaker): Promise<ZipFile[]> {
  const file = randomAccess(zip, name);
  const entries = await readZip(file);
  return entries.map((entry) => ({
    path: entry.name,
    inflatedSize: entry.isDeflated ? entry.size : 0,
    open: () => contentBlob(entry),
  }));

  async function contentBlob(entry: ZipEntry): Promise<Blob> {
    if (!entry.isDeflated) return zip.slice(entry.from, entry.from + entry.size);
    if (entry.size > INFLATED_MAX) {
      throw new InspectorError(
        'TOO_LARGE_TO_INFLATE',
        `${entry.name} in ${name} is compressed by the zip, and has ${entry.size} bytes: more than are held in memory. Unpack the zip and open the folder`,
        { file: name, entry: entry.name, size: entry.size },
      );
    }
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    // Chunks are good until the next one is asked for.
    for await (const chunk of zipEntryContent(file, entry)) chunks.push(chunk.slice());
    return makeBlob(chunks);
  }
}
