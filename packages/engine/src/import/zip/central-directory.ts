import { ImportError } from '../import-error.ts';
import type { RandomAccess } from '../random-access.ts';

// The end of a zip, from its last byte on:
//   end of central directory     PK\5\6, disks, counts, size and offset of the directory, comment
//   Zip64 locator                PK\6\7, where there is:
//   Zip64 end                    PK\6\6, the same in 64 bits
//   central directory            PK\1\2 for each entry
//
// PKWARE's APPNOTE 6.3.10, sections 4.3.12 to 4.3.16

/** An entry as the central directory has it; sizes and offsets in bytes. */
export interface CentralEntry {
  readonly name: string;
  readonly nameBytes: Uint8Array;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  /** Of the local header. */
  readonly offset: number;
}

const END_SIGNATURE = 0x06054b50;
const ZIP64_LOCATOR_SIGNATURE = 0x07064b50;
const ZIP64_END_SIGNATURE = 0x06064b50;
const ENTRY_SIGNATURE = 0x02014b50;
const END_BYTES = 22;
const LOCATOR_BYTES = 20;
const ZIP64_END_BYTES = 56;
const ENTRY_BYTES = 46;
const COMMENT_MAX = 0xffff;
/** Bytes of a directory that are read: some hundred thousand entries. */
const DIRECTORY_MAX = 64 << 20;
const ZIP64_EXTRA = 1;
const UNIX = 3;
const SYMLINK = 0xa000;
const FILE_TYPE = 0xf000;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A zip that is none, is damaged, or is made to harm. */
export function badZip(zip: string, entry: string | null, why: string): ImportError {
  const what = entry === null ? zip : `${zip}, entry ${JSON.stringify(entry.slice(0, 200))}`;
  return new ImportError('BAD_ZIP', `${what}: ${why}`, { zip, entry: entry === null ? null : entry.slice(0, 200) });
}

/** A 64-bit number of a zip. */
export function u64(view: DataView, at: number, zip: string, entry: string | null): number {
  const value = view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
  if (!Number.isSafeInteger(value)) throw badZip(zip, entry, 'it says sizes that no file has');
  return value;
}

/** The fields of a Zip64 extra field that stand in for those that are all ones, in their order; null where there is none. */
export function zip64Fields(extra: Uint8Array, zip: string, entry: string): DataView | null {
  const view = new DataView(extra.buffer, extra.byteOffset, extra.byteLength);
  for (let at = 0; at + 4 <= extra.length; ) {
    const size = view.getUint16(at + 2, true);
    if (at + 4 + size > extra.length) throw badZip(zip, entry, 'its extra fields are longer than their place');
    if (view.getUint16(at, true) === ZIP64_EXTRA) return new DataView(extra.buffer, extra.byteOffset + at + 4, size);
    at += 4 + size;
  }
  return null;
}

/**
 * The entries of a zip, and where its directory begins: everything else lies before that. Throws ImportError BAD_ZIP, and what the source
 * throws.
 */
export async function readCentralDirectory(
  file: RandomAccess,
): Promise<{ readonly entries: readonly CentralEntry[]; readonly offset: number }> {
  const { count, size, offset } = await readEnd(file);
  if (size > DIRECTORY_MAX) throw badZip(file.name, null, `its directory of ${size} bytes is larger than those that are read`);
  if (count * ENTRY_BYTES > size) throw badZip(file.name, null, `its directory of ${size} bytes can't have ${count} entries`);
  const bytes = await file.read(offset, size);
  const entries: CentralEntry[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    const { entry, end } = takeEntry(bytes, at, file.name);
    entries.push(entry);
    at = end;
  }
  if (at !== size) throw badZip(file.name, null, 'its directory has more than its entries');
  return { entries, offset };
}

async function readEnd(file: RandomAccess): Promise<{ count: number; size: number; offset: number }> {
  const { name: zip } = file;
  const tailFrom = Math.max(0, file.size - END_BYTES - COMMENT_MAX);
  const tail = await file.read(tailFrom, file.size - tailFrom);
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  let at = tail.length - END_BYTES;
  while (
    at >= 0 &&
    !(view.getUint32(at, true) === END_SIGNATURE && at + END_BYTES + view.getUint16(at + 20, true) === tail.length)
  )
    at--;
  if (at < 0) throw badZip(zip, null, 'it is no zip, or its end is missing: copy or download it again');
  let count = view.getUint16(at + 10, true);
  let size = view.getUint32(at + 12, true);
  let offset = view.getUint32(at + 16, true);
  let disks = view.getUint16(at + 4, true) | view.getUint16(at + 6, true);
  let onThisDisk = view.getUint16(at + 8, true);
  let end = tailFrom + at;
  if (at >= LOCATOR_BYTES && view.getUint32(at - LOCATOR_BYTES, true) === ZIP64_LOCATOR_SIGNATURE) {
    const locator = end - LOCATOR_BYTES;
    const zip64At = u64(view, at - LOCATOR_BYTES + 8, zip, null);
    if (zip64At + ZIP64_END_BYTES > locator) throw badZip(zip, null, 'its Zip64 end lies where there is none');
    const record = await file.read(zip64At, ZIP64_END_BYTES);
    const zip64 = new DataView(record.buffer, record.byteOffset, record.byteLength);
    if (zip64.getUint32(0, true) !== ZIP64_END_SIGNATURE || zip64At + 12 + u64(zip64, 4, zip, null) !== locator) {
      throw badZip(zip, null, 'its Zip64 end is damaged');
    }
    const long = { count: u64(zip64, 32, zip, null), size: u64(zip64, 40, zip, null), offset: u64(zip64, 48, zip, null) };
    const same = (short: number, ones: number, full: number) => short === ones || short === full;
    if (!same(count, 0xffff, long.count) || !same(size, 0xffffffff, long.size) || !same(offset, 0xffffffff, long.offset)) {
      throw badZip(zip, null, 'its two ends do not agree');
    }
    disks = (disks === 0xffff ? 0 : disks) | zip64.getUint32(16, true) | zip64.getUint32(20, true);
    onThisDisk = u64(zip64, 24, zip, null);
    ({ count, size, offset } = long);
    end = zip64At;
  } else if (count === 0xffff || size === 0xffffffff || offset === 0xffffffff) {
    throw badZip(zip, null, 'its end is of a zip of more than 4 GiB, and the part that says how much is missing');
  }
  if (disks !== 0 || onThisDisk !== count) throw badZip(zip, null, 'it is a part of several: put them together first');
  if (offset + size !== end) throw badZip(zip, null, 'its directory is not where its end says: bytes were lost or put in');
  return { count, size, offset };
}

function takeEntry(bytes: Uint8Array, at: number, zip: string): { readonly entry: CentralEntry; readonly end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (at + ENTRY_BYTES > bytes.length || view.getUint32(at, true) !== ENTRY_SIGNATURE) {
    throw badZip(zip, null, `its directory is damaged at entry byte ${at}`);
  }
  const nameEnd = at + ENTRY_BYTES + view.getUint16(at + 28, true);
  const extraEnd = nameEnd + view.getUint16(at + 30, true);
  const end = extraEnd + view.getUint16(at + 32, true);
  if (end > bytes.length) throw badZip(zip, null, `its directory ends within an entry, at byte ${at}`);
  const nameBytes = bytes.subarray(at + ENTRY_BYTES, nameEnd);
  const name = nameOf(nameBytes, zip);
  const madeOn = view.getUint8(at + 5);
  const mode = view.getUint16(at + 40, true);
  if (madeOn === UNIX && (mode & FILE_TYPE) === SYMLINK) throw badZip(zip, name, 'it is a link to another file');
  let compressedSize = view.getUint32(at + 20, true);
  let size = view.getUint32(at + 24, true);
  let offset = view.getUint32(at + 42, true);
  const extra = zip64Fields(bytes.subarray(nameEnd, extraEnd), zip, name);
  let next = 0;
  const long = (short: number): number => {
    if (short !== 0xffffffff) return short;
    if (extra === null || next + 8 > extra.byteLength) throw badZip(zip, name, 'its sizes of more than 4 GiB are missing');
    next += 8;
    return u64(extra, next - 8, zip, name);
  };
  size = long(size);
  compressedSize = long(compressedSize);
  offset = long(offset);
  const entry = {
    name,
    nameBytes,
    flags: view.getUint16(at + 8, true),
    method: view.getUint16(at + 10, true),
    crc: view.getUint32(at + 16, true),
    compressedSize,
    size,
    offset,
  };
  return { entry, end };
}

/** Names without the flag for UTF-8 are of some old code page, or UTF-8 all the same. */
function nameOf(bytes: Uint8Array, zip: string): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw badZip(zip, String.fromCharCode(...bytes.subarray(0, 200)), 'its name is not UTF-8');
  }
}
