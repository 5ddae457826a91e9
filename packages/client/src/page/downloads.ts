// Files that downloads are read from. A browser gives no sign when it has read one to its end, so they stay for a while; each
// holds all rows of an export, so they go with their store.

import { encodeStoreName } from '@cassette/storage/browser';

const rootName = 'cassette-downloads';
/** A browser has read a file that it was given this long ago. */
const keptMs = 3_600_000;

/** A new file for a download of a store, and what removes it. */
export interface DownloadFile {
  readonly handle: FileSystemFileHandle;
  remove(): Promise<void>;
}

/** Makes a file for a download; older ones of the store go. */
export async function makeDownloadFile(store: string): Promise<DownloadFile> {
  await removeOldDownloads(store);
  const root = await navigator.storage.getDirectory();
  const all = await root.getDirectoryHandle(rootName, { create: true });
  const folder = await all.getDirectoryHandle(encodeStoreName(store), { create: true });
  const name = `${Date.now()}-${crypto.randomUUID()}.zip`;
  return { handle: await folder.getFileHandle(name, { create: true }), remove: () => folder.removeEntry(name) };
}

/** The zip of a store's upload that is not done, and a note of how far it is. */
export interface UploadFile {
  /** The note; null where there is none: then the zip, if there is one, is not whole. */
  note(): Promise<unknown>;
  zip(): Promise<Blob>;
  /** Writes the zip anew. */
  write(): Promise<FileSystemWritableFileStream>;
  /** Writes the note; only for a zip that is whole. */
  keep(note: unknown): Promise<void>;
  /** Removes both. */
  forget(): Promise<void>;
}

/** The file of a store's upload. It stays until it is forgotten, or the store destroyed. */
export async function makeUploadFile(store: string): Promise<UploadFile> {
  const root = await navigator.storage.getDirectory();
  const all = await root.getDirectoryHandle(rootName, { create: true });
  const folder = await all.getDirectoryHandle(encodeStoreName(store), { create: true });
  const file = (name: string) => folder.getFileHandle(name, { create: true });
  return {
    async note() {
      const text = await (await (await file('upload.json')).getFile()).text();
      try {
        return JSON.parse(text);
      } catch (error) {
        // None yet, or one that a crash cut off.
        if (error instanceof SyntaxError) return null;
        throw error;
      }
    },
    zip: async () => (await file('upload.zip')).getFile(),
    write: async () => (await file('upload.zip')).createWritable(),
    async keep(note) {
      const writable = await (await file('upload.json')).createWritable();
      await writable.write(JSON.stringify(note));
      await writable.close();
    },
    async forget() {
      // The note first: a zip without one is nothing.
      for (const name of ['upload.json', 'upload.zip']) {
        await file(name);
        await folder.removeEntry(name);
      }
    },
  };
}

/** Removes what downloads of a store left behind more than an hour ago. */
export async function removeOldDownloads(store: string): Promise<void> {
  const all = await existing(await navigator.storage.getDirectory(), rootName);
  const folder = all && (await existing(all, encodeStoreName(store)));
  if (folder === undefined) return;
  for await (const name of (folder as unknown as { keys(): AsyncIterable<string> }).keys()) {
    if (Date.now() - Number.parseInt(name, 10) > keptMs) await folder.removeEntry(name);
  }
}

/** Removes all files of a store's downloads; one that is still being read ends there. */
export async function removeDownloads(store: string): Promise<void> {
  const all = await existing(await navigator.storage.getDirectory(), rootName);
  if (all === undefined || (await existing(all, encodeStoreName(store))) === undefined) return;
  await all.removeEntry(encodeStoreName(store), { recursive: true });
}

async function existing(folder: FileSystemDirectoryHandle, name: string): Promise<FileSystemDirectoryHandle | undefined> {
  try {
    return await folder.getDirectoryHandle(name);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') return undefined;
    throw error;
  }
}
