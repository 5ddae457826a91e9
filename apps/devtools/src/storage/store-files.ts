// The files of stores, as the origin's private file system has them.

/** The folder that all stores lie in. */
const rootFolder = 'cassette';

/** A file of a store. */
export interface StoreFile {
  /** With the folders it lies in. */
  readonly path: string;
  readonly bytes: number;
  /** What it is, in some words. */
  readonly what: string;
}

/** Files of a store, by name. Empty where there is no such folder. Rejects with DOMException where the browser refuses. */
export async function filesOf(store: string): Promise<StoreFile[]> {
  const folders = await folder(await navigator.storage.getDirectory(), rootFolder);
  if (folders === null) return [];
  for await (const [name, handle] of folders.entries()) {
    if (handle.kind === 'directory' && decoded(name) === store) {
      const files: StoreFile[] = [];
      await walk(handle as FileSystemDirectoryHandle, '', files);
      return files.sort((a, b) => (a.path < b.path ? -1 : 1));
    }
  }
  return [];
}

async function folder(parent: FileSystemDirectoryHandle, name: string): Promise<FileSystemDirectoryHandle | null> {
  try {
    return await parent.getDirectoryHandle(name);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') return null;
    throw error;
  }
}

async function walk(here: FileSystemDirectoryHandle, path: string, files: StoreFile[]): Promise<void> {
  for await (const [name, handle] of here.entries()) {
    const full = `${path}${name}`;
    if (handle.kind === 'directory') {
      await walk(handle as FileSystemDirectoryHandle, `${full}/`, files);
      continue;
    }
    try {
      const { size } = await (handle as FileSystemFileHandle).getFile();
      files.push({ path: full, bytes: size, what: whatIs(name) });
    } catch (error) {
      // A compaction or a flush has replaced it since it was listed.
      if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error;
    }
  }
}

/** What a file of a store is, as its name says. */
export function whatIs(name: string): string {
  if (/^[0-9a-f]{32}-[a-z]{2}-/.test(name)) return `${name.slice(name.lastIndexOf('-') + 1)} of an SSTable`;
  if (name.startsWith('aside-')) return 'set aside: could not be read';
  if (name.startsWith('cdc-')) return 'log, kept for changes()';
  if (name.startsWith('wal-')) return 'log segment';
  if (name === 'catalog') return 'second copy of the catalog';
  if (name === 'encryption-key') return 'the store’s key, wrapped';
  return 'other';
}

function decoded(name: string): string | null {
  try {
    return decodeURIComponent(name);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}
