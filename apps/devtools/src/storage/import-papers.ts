// What an export says of itself: its manifest, and whether its files are those that it lists.

import type { PlacedFile } from '../files/dropped-files.ts';
import { sayError } from '../text/say-error.ts';

/** A file that came with a manifest, or what is wrong with it. */
export interface ListedFile {
  readonly name: string;
  readonly trouble: 'missing' | 'other size' | 'other checksum' | 'not compared';
}

/** A manifest that was read, or why it could not be. */
export type Papers =
  | {
      readonly kind: 'manifest';
      /** Of the export, and of the one it goes on from. */
      readonly id: string;
      readonly since: string | null;
      readonly createdAt: string;
      readonly format: string;
      /** SSTables that it lacks because they were damaged. */
      readonly incomplete: number;
      /** How many files it lists, each with its SHA-256, and those that are not as it says. */
      readonly files: number;
      readonly troubles: readonly ListedFile[];
    }
  | { readonly kind: 'unreadable'; readonly text: string };

const manifestName = 'manifest.json';
/** A manifest has a few hundred bytes for each SSTable. */
const manifestBytesMax = 32_000_000;
/** Files larger than this are not compared: a browser makes a checksum only of bytes that are all in memory. The import has checked their CRCs. */
const comparedBytesMax = 64_000_000;

interface Listed {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
}

/** What lies in what was dropped, by path; of a zip what is stored in it. */
interface Content {
  readonly sizes: ReadonlyMap<string, number>;
  /** Null where it can't be had in one piece. */
  blob(name: string): Blob | null;
}

/** Whether a file is a zip, by its name. */
export function isZip({ file }: PlacedFile): boolean {
  return file.name.toLowerCase().endsWith('.zip');
}

/** The papers of an export among files, or in the one zip; null where it has none. */
export async function papersOf(files: readonly PlacedFile[]): Promise<Papers | null> {
  try {
    const content = files.length === 1 && isZip(files[0]) ? await zipContent(files[0].file) : folderContent(files);
    const folder = [...content.sizes.keys()]
      .filter((name) => name === manifestName || name.endsWith(`/${manifestName}`))
      .map((name) => name.slice(0, -manifestName.length))
      .sort((a, b) => a.length - b.length)[0];
    if (folder === undefined) return null;
    const blob = content.blob(folder + manifestName);
    if (blob === null || blob.size > manifestBytesMax)
      return { kind: 'unreadable', text: `${manifestName} is too large, or compressed` };
    return await compared(JSON.parse(await blob.text()), folder, content);
  } catch (error) {
    return { kind: 'unreadable', text: `${manifestName}: ${sayError(error)}` };
  }
}

async function compared(said: unknown, folder: string, content: Content): Promise<Papers | null> {
  if (!isManifest(said)) return null;
  const listed = [...said.sstables.flatMap(({ components }) => components), ...said.files];
  const troubles: ListedFile[] = [];
  for (const file of listed) {
    const trouble = await troubleOf(file, folder + file.name, content);
    if (trouble !== null) troubles.push({ name: file.name, trouble });
  }
  const { id, since, createdAt, format, incomplete } = said;
  return { kind: 'manifest', id, since, createdAt, format, incomplete: incomplete.length, files: listed.length, troubles };
}

async function troubleOf({ size, sha256 }: Listed, path: string, content: Content): Promise<ListedFile['trouble'] | null> {
  const there = content.sizes.get(path);
  if (there === undefined) return 'missing';
  if (there !== size) return 'other size';
  const blob = content.blob(path);
  if (blob === null || size > comparedBytesMax || globalThis.crypto?.subtle === undefined) return 'not compared';
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await blob.arrayBuffer()));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex === sha256.toLowerCase() ? null : 'other checksum';
}

function folderContent(files: readonly PlacedFile[]): Content {
  const byPath = new Map(files.map(({ path, file }) => [path, file]));
  return {
    sizes: new Map(files.map(({ path, file }) => [path, file.size])),
    blob: (name) => byPath.get(name) ?? null,
  };
}

async function zipContent(zip: File): Promise<Content> {
  const { randomAccess, readZip } = await import('@cassette/engine');
  const entries = new Map((await readZip(randomAccess(zip, zip.name))).map((entry) => [entry.name, entry]));
  return {
    sizes: new Map([...entries].map(([name, { size }]) => [name, size])),
    blob(name) {
      const entry = entries.get(name);
      return entry === undefined || entry.isDeflated ? null : zip.slice(entry.from, entry.from + entry.size);
    },
  };
}

interface Manifest {
  readonly id: string;
  readonly since: string | null;
  readonly createdAt: string;
  readonly format: string;
  readonly incomplete: readonly unknown[];
  readonly sstables: readonly { readonly components: readonly Listed[] }[];
  readonly files: readonly Listed[];
}

/** What comes from files is believed only as far as it was looked at. */
function isManifest(said: unknown): said is Manifest {
  if (typeof said !== 'object' || said === null) return false;
  const { kind, id, since, createdAt, format, incomplete, sstables, files } = said as Record<string, unknown>;
  const areListed = (list: unknown) => Array.isArray(list) && list.every(isListed);
  return (
    kind === 'cassette-export' &&
    [id, createdAt, format].every((text) => typeof text === 'string') &&
    (since === null || typeof since === 'string') &&
    Array.isArray(incomplete) &&
    Array.isArray(sstables) &&
    sstables.every(
      (one: unknown) => typeof one === 'object' && one !== null && areListed((one as Manifest['sstables'][0]).components),
    ) &&
    areListed(files)
  );
}

function isListed(said: unknown): said is Listed {
  if (typeof said !== 'object' || said === null) return false;
  const { name, size, sha256 } = said as Record<string, unknown>;
  return typeof name === 'string' && typeof size === 'number' && typeof sha256 === 'string';
}
