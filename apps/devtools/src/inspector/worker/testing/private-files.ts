import type { BytesBlob } from './bytes-blob.ts';

/** Folders and files as an origin's private file system has them, by name. */
export interface FakeFolder {
  readonly [name: string]: FakeFolder | BytesBlob;
}

/** A folder in memory with what is asked of one. A file that is gone when it is opened has `isGone`. */
export function directoryOf(folder: FakeFolder): FileSystemDirectoryHandle {
  const handleOf = (content: FakeFolder | BytesBlob) =>
    'slice' in content && typeof content.slice === 'function'
      ? { kind: 'file', getFile: async () => ((content as BytesBlob).isGone ? notFound() : content) }
      : directoryOf(content as FakeFolder);
  return {
    kind: 'directory',
    getDirectoryHandle: async (name: string) => (name in folder ? handleOf(folder[name]) : notFound()),
    async *entries() {
      for (const [name, content] of Object.entries(folder)) yield [name, handleOf(content)];
    },
  } as unknown as FileSystemDirectoryHandle;
}

function notFound(): never {
  throw new DOMException('A requested file or directory could not be found', 'NotFoundError');
}
