import { crc32 } from '@cassette/bytes';
import { Inflate } from 'fflate';
import { chunksOf, type RandomAccess } from '../random-access.ts';
import { badZip } from './central-directory.ts';
import type { ZipEntry } from './zip-entries.ts';

/** Deflated bytes that are inflated at a time: they may become a thousand times as much. */
const INFLATE_BYTES = 16 * 1024;

/**
 * The content of an entry, a chunk at a time, checked against its size and CRC: what has come is only right when the last chunk has come.
 * Throws ImportError BAD_ZIP with the entry.
 */
export async function* contentOf(file: RandomAccess, entry: ZipEntry): AsyncGenerator<Uint8Array, void, void> {
  let size = 0;
  let crc = 0;
  const taken = (bytes: Uint8Array): Uint8Array => {
    size += bytes.length;
    if (size > entry.size) throw badZip(file.name, entry.name, `its content is more than the ${entry.size} bytes that it says`);
    crc = crc32(bytes, 0, bytes.length, crc);
    return bytes;
  };
  const stored = chunksOf(file, entry.from, entry.compressedSize);
  if (entry.isDeflated) for await (const bytes of inflated(stored, file.name, entry)) yield taken(bytes);
  else for await (const bytes of stored) yield taken(bytes);
  if (size !== entry.size) throw badZip(file.name, entry.name, `its content is ${size} bytes, and should be ${entry.size}`);
  if (crc !== entry.crc)
    throw badZip(file.name, entry.name, `its content has CRC32 ${crc}, and should have ${entry.crc}: it is damaged`);
}

async function* inflated(
  stored: AsyncIterable<Uint8Array>,
  zip: string,
  entry: ZipEntry,
): AsyncGenerator<Uint8Array, void, void> {
  let ready: Uint8Array[] = [];
  const inflate = new Inflate((bytes) => ready.push(bytes));
  let left = entry.compressedSize;
  if (left === 0) throw badZip(zip, entry.name, 'it is deflated, and there is nothing to inflate');
  for await (const chunk of stored) {
    for (let at = 0; at < chunk.length; at += INFLATE_BYTES) {
      const part = chunk.subarray(at, at + INFLATE_BYTES);
      left -= part.length;
      try {
        inflate.push(part, left === 0);
      } catch (error) {
        throw badZip(zip, entry.name, `its content can't be inflated: ${error instanceof Error ? error.message : String(error)}`);
      }
      const done = ready;
      ready = [];
      yield* done.filter(({ length }) => length > 0);
    }
  }
}
