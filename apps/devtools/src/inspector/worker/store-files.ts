import { InspectorError } from './inspector-error.ts';

/** A file of a store. */
export interface StoreFile {
  readonly name: string;
  readonly file: File;
}

/** The folder of the origin's private file system that has all stores, and the file that only encrypted ones have. */
const ROOT = 'cassette';
const KEY_FILE = 'encryption-key';

/**
 * The files of a store, as they are now, beside the engine that holds them: a File needs no handle of its own. Throws InspectorError
 * NO_PRIVATE_FILES, NO_SUCH_STORE, STORE_ENCRYPTED.
 */
export async function filesOfStore(store: string, root: () => Promise<FileSystemDirectoryHandle>): Promise<StoreFile[]> {
  const folder = await folderOf(store, root);
  const found: StoreFile[] = [];
  for await (const [name, handle] of folder.entries()) {
    if (name === KEY_FILE) {
      throw new InspectorError(
        'STORE_ENCRYPTED',
        `The store ${store} is encrypted: its files can’t be read without its key. Export it, and open the export`,
        { store },
      );
    }
    if (handle.kind !== 'file') continue;
    try {
      found.push({ name, file: await (handle as FileSystemFileHandle).getFile() });
    } catch (error) {
      // Removed since it was listed: it is not one of the store's files any more.
      if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error;
    }
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function folderOf(store: string, root: () => Promise<FileSystemDirectoryHandle>): Promise<FileSystemDirectoryHandle> {
  let stores: FileSystemDirectoryHandle;
  try {
    stores = await (await root()).getDirectoryHandle(ROOT);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') throw noSuchStore(store);
    throw new InspectorError(
      'NO_PRIVATE_FILES',
      'This browser does not let the inspector read the private files of the page: in a private window some do not. Export the store, and open the export',
      { store },
      error,
    );
  }
  for await (const [name, handle] of stores.entries()) {
    if (handle.kind === 'directory' && decoded(name) === store) return handle as FileSystemDirectoryHandle;
  }
  throw noSuchStore(store);
}

function noSuchStore(store: string): InspectorError {
  return new InspectorError('NO_SUCH_STORE', `There is no store ${store} in the private files of this page`, { store });
}

// Names of folders are those of stores with what is no letter or digit as %XX.
function decoded(folder: string): string | null {
  try {
    return decodeURIComponent(folder);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}
