import { CassetteError } from '@cassette/bytes';
import type { ExportManifest, ManifestFile } from '@cassette/engine';

const END = 0x06054b50;
const ZIP64_LOCATOR = 0x07064b50;
const ZIP64_END = 0x06064b50;
const CENTRAL_HEADER = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const ZIP64_EXTRA = 0x0001;
const MAX32 = 0xffffffff;

/** One file of an export: a piece of its zip, of which nothing is in memory. */
export interface ExportPart extends ManifestFile {
  readonly content: Blob;
}

/** An export's zip, taken apart. */
export interface ExportParts {
  readonly manifest: ExportManifest;
  /** In the order of the zip: the manifest is the last. `sha256` is empty for those that the manifest does not name. */
  readonly parts: readonly ExportPart[];
}

/**
 * Takes the zip of an export apart: its entries are stored, so that each is a slice of it. Throws CassetteError NOT_AN_EXPORT for what is no
 * whole zip of an export with its load kit.
 */
export async function partsOf(zip: Blob): Promise<ExportParts> {
  const entries = await entriesOf(zip);
  const manifestEntry = entries.find(({ name }) => name === 'manifest.json');
  if (manifestEntry === undefined) throw notAnExport('it has no manifest.json: export with its load kit');
  const manifest = manifestFrom(await manifestEntry.content.text());
  const named = new Map(
    [...manifest.files, ...manifest.sstables.flatMap(({ components }) => components)].map((file) => [file.name, file]),
  );
  for (const { name, size } of named.values()) {
    if (!entries.some((entry) => entry.name === name && entry.content.size === size)) {
      throw notAnExport(`its manifest names ${name} with ${size} bytes, which is not there`);
    }
  }
  const parts = entries.map(({ name, content }) => ({
    name,
    content,
    size: content.size,
    sha256: named.get(name)?.sha256 ?? '',
  }));
  return { manifest, parts };
}

async function entriesOf(zip: Blob): Promise<{ readonly name: string; readonly content: Blob }[]> {
  const { count, start, size } = await directoryOf(zip);
  const directory = await view(zip, start, size);
  const entries: { name: string; content: Blob }[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > directory.byteLength || directory.getUint32(at, true) !== CENTRAL_HEADER)
      throw notAnExport('its directory is damaged');
    if (directory.getUint16(at + 10, true) !== 0) throw notAnExport('its entries are compressed');
    const nameLength = directory.getUint16(at + 28, true);
    const extraLength = directory.getUint16(at + 30, true);
    const commentLength = directory.getUint16(at + 32, true);
    const next = at + 46 + nameLength + extraLength + commentLength;
    if (next > directory.byteLength) throw notAnExport('its directory is damaged');
    const name = new TextDecoder().decode(new Uint8Array(directory.buffer, at + 46, nameLength));
    let length = directory.getUint32(at + 24, true);
    let offset = directory.getUint32(at + 42, true);
    const large = zip64Numbers(directory, at + 46 + nameLength, extraLength);
    // Both sizes, then the offset: each only where its place is full.
    if (length === MAX32) length = large.splice(0, 2)[0] ?? length;
    if (offset === MAX32) offset = large.shift() ?? offset;
    const header = await view(zip, offset, 30);
    if (header.byteLength < 30 || header.getUint32(0, true) !== LOCAL_HEADER)
      throw notAnExport(`${name} is not where its directory says`);
    const from = offset + 30 + header.getUint16(26, true) + header.getUint16(28, true);
    if (from + length > zip.size) throw notAnExport(`${name} is cut off`);
    entries.push({ name, content: zip.slice(from, from + length) });
    at = next;
  }
  return entries;
}

async function directoryOf(zip: Blob): Promise<{ count: number; start: number; size: number }> {
  // Ours have no comment at their end.
  const at = zip.size - 22;
  const end = await view(zip, Math.max(0, at), 22);
  if (end.byteLength < 22 || end.getUint32(0, true) !== END) throw notAnExport('it has no directory at its end');
  const locator = at >= 20 ? await view(zip, at - 20, 20) : null;
  if (locator !== null && locator.getUint32(0, true) === ZIP64_LOCATOR) {
    const record = await view(zip, Number(locator.getBigUint64(8, true)), 56);
    if (record.byteLength < 56 || record.getUint32(0, true) !== ZIP64_END) throw notAnExport('its directory is damaged');
    const number = (offset: number) => Number(record.getBigUint64(offset, true));
    return { count: number(32), size: number(40), start: number(48) };
  }
  return { count: end.getUint16(10, true), size: end.getUint32(12, true), start: end.getUint32(16, true) };
}

function zip64Numbers(directory: DataView, from: number, length: number): number[] {
  for (let at = from; at + 4 <= from + length; ) {
    const size = directory.getUint16(at + 2, true);
    if (directory.getUint16(at, true) === ZIP64_EXTRA && at + 4 + size <= from + length) {
      return Array.from({ length: Math.floor(size / 8) }, (_, i) => Number(directory.getBigUint64(at + 4 + 8 * i, true)));
    }
    at += 4 + size;
  }
  return [];
}

async function view(zip: Blob, from: number, length: number): Promise<DataView> {
  return new DataView(await zip.slice(from, from + length).arrayBuffer());
}

function manifestFrom(text: string): ExportManifest {
  let manifest: ExportManifest;
  try {
    manifest = JSON.parse(text) as ExportManifest;
  } catch (error) {
    throw notAnExport('its manifest.json is no JSON', error);
  }
  const { kind, version, files, sstables } = manifest ?? {};
  if (kind !== 'cassette-export' || version !== 1 || !Array.isArray(files) || !Array.isArray(sstables)) {
    throw notAnExport('its manifest.json is none of an export');
  }
  return manifest;
}

function notAnExport(why: string, cause?: unknown): CassetteError {
  return new CassetteError('NOT_AN_EXPORT', `This is not the whole zip of an export: ${why}`, {}, cause);
}
