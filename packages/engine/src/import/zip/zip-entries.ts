import { compareBytes } from '@cassette/bytes';
import { checkDistinct, pathParts } from '../check-path.ts';
import type { RandomAccess } from '../random-access.ts';
import { badZip, type CentralEntry, readCentralDirectory, u64, zip64Fields } from './central-directory.ts';

/** A file in a zip; sizes and offsets in bytes. */
export interface ZipEntry {
  readonly name: string;
  readonly isDeflated: boolean;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  /** Of its content. */
  readonly from: number;
}

const LOCAL_SIGNATURE = 0x04034b50;
const DESCRIPTOR_SIGNATURE = 0x08074b50;
const LOCAL_BYTES = 30;
const ENCRYPTED = 0x2041;
const PATCHED = 0x20;
const HAS_DESCRIPTOR = 8;
const STORED = 0;
const DEFLATED = 8;
/** What Deflate can make of a byte at the most. */
const DEFLATE_RATIO_MAX = 1032;
/** From here on an entry has to look like data: real tables shrink to a fiftieth at best. */
const BOMB_BYTES = 64 << 20;
const BOMB_RATIO = 250;

/**
 * The files of a zip, whose headers were all looked at: names, methods, sizes, and that no byte belongs to two of them. Folders are left
 * out. Throws ImportError BAD_ZIP and BAD_IMPORT_NAME, each with the entry.
 */
export async function readZip(file: RandomAccess): Promise<readonly ZipEntry[]> {
  const { entries, offset } = await readCentralDirectory(file);
  checkDistinct(entries.map(({ name }) => name));
  const placed: { readonly from: number; readonly to: number; readonly name: string }[] = [];
  const files: ZipEntry[] = [];
  for (const entry of entries) {
    const isFolder = entry.name.endsWith('/');
    pathParts(isFolder ? entry.name.slice(0, -1) : entry.name);
    checkEntry(entry, isFolder, file.name);
    const { from, to } = await locate(file, entry, offset);
    placed.push({ from: entry.offset, to, name: entry.name });
    const { name, crc, compressedSize, size } = entry;
    if (!isFolder) files.push({ name, isDeflated: entry.method === DEFLATED, crc, compressedSize, size, from });
  }
  placed.sort((a, b) => a.from - b.from);
  placed.forEach(({ from, name }, i) => {
    if (i > 0 && from < placed[i - 1].to) {
      throw badZip(file.name, name, `it lies on bytes of the entry ${JSON.stringify(placed[i - 1].name)}`);
    }
  });
  return files;
}

function checkEntry({ name, flags, method, size, compressedSize }: CentralEntry, isFolder: boolean, zip: string): void {
  const refuse = (why: string) => badZip(zip, name, why);
  if ((flags & ENCRYPTED) !== 0) throw refuse('it is encrypted: make a zip without a password');
  if ((flags & PATCHED) !== 0) throw refuse('it is a patch of another file');
  if (method !== STORED && method !== DEFLATED) {
    throw refuse(`it is compressed by method ${method}: make a zip that stores or deflates`);
  }
  if (isFolder && size > 0) throw refuse('it is a folder with a content');
  if (method === STORED && size !== compressedSize) throw refuse(`it is stored, and says ${size} and ${compressedSize} bytes`);
  if (method === DEFLATED && size > compressedSize * DEFLATE_RATIO_MAX) {
    throw refuse(`${compressedSize} bytes can't become ${size}: its sizes are wrong`);
  }
  if (size > BOMB_BYTES && size > compressedSize * BOMB_RATIO) {
    throw refuse(`${compressedSize} bytes would become ${size}: that is no data, but a zip bomb`);
  }
}

/** Where the content of an entry is, by its local header, which has to say the same as the directory. */
async function locate(
  file: RandomAccess,
  entry: CentralEntry,
  directory: number,
): Promise<{ readonly from: number; readonly to: number }> {
  const { name } = entry;
  const refuse = (why: string) => badZip(file.name, name, why);
  if (entry.offset + LOCAL_BYTES > directory) throw refuse('its header lies outside of the entries');
  const head = await file.read(entry.offset, LOCAL_BYTES);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (view.getUint32(0, true) !== LOCAL_SIGNATURE) throw refuse('there is no header where the directory says');
  const nameLength = view.getUint16(26, true);
  const extraLength = view.getUint16(28, true);
  const from = entry.offset + LOCAL_BYTES + nameLength + extraLength;
  const end = from + entry.compressedSize;
  if (end > directory) throw refuse('its content goes past the entries: the zip is damaged');
  const rest = await file.read(entry.offset + LOCAL_BYTES, nameLength + extraLength);
  if (compareBytes(rest, 0, nameLength, entry.nameBytes, 0, entry.nameBytes.length) !== 0)
    throw refuse('its header has another name');
  if (view.getUint16(6, true) !== entry.flags || view.getUint16(8, true) !== entry.method) {
    throw refuse('its header and the directory say different things of how it is stored');
  }
  const hasDescriptor = (entry.flags & HAS_DESCRIPTOR) !== 0;
  const extra = zip64Fields(rest.subarray(nameLength), file.name, name);
  let next = 0;
  const agrees = (at: number, wanted: number): boolean => {
    const short = view.getUint32(at, true);
    if (hasDescriptor && (short === 0 || short === 0xffffffff)) return true;
    if (short !== 0xffffffff) return short === wanted;
    if (extra === null || next + 8 > extra.byteLength) return false;
    next += 8;
    return u64(extra, next - 8, file.name, name) === wanted;
  };
  const crc = view.getUint32(14, true);
  const sameCrc = crc === entry.crc || (hasDescriptor && crc === 0);
  if (!sameCrc || !agrees(22, entry.size) || !agrees(18, entry.compressedSize)) {
    throw refuse('its header and the directory say different sizes or checksums');
  }
  return { from, to: hasDescriptor ? await descriptorEnd(file, entry, end, directory) : end };
}

/** Behind the data descriptor, of which there are four forms: with and without a signature, in 32 and 64 bits. */
async function descriptorEnd(file: RandomAccess, entry: CentralEntry, at: number, directory: number): Promise<number> {
  const bytes = await file.read(at, Math.min(24, directory - at));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const skip of [4, 0]) {
    if (skip === 4 && (bytes.length < 4 || view.getUint32(0, true) !== DESCRIPTOR_SIGNATURE)) continue;
    for (const width of [4, 8]) {
      if (skip + 4 + 2 * width > bytes.length || view.getUint32(skip, true) !== entry.crc) continue;
      const number = (from: number) => (width === 4 ? view.getUint32(from, true) : u64(view, from, file.name, entry.name));
      if (number(skip + 4) === entry.compressedSize && number(skip + 4 + width) === entry.size) return at + skip + 4 + 2 * width;
    }
  }
  throw badZip(file.name, entry.name, 'its data descriptor does not say what the directory says');
}
