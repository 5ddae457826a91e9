// Where the bytes of an export go in a page. A chunk that a sink has no more use for goes back to the worker, which fills it again: what is
// kept, or let go, gathers until the garbage collector looks.

import { CassetteError } from '@cassette/bytes';

/** Takes an export. */
export interface PageSink {
  /** Takes a chunk, or the end (null) of a file; `file` is null in a zip. Resolves when it may have another: with the chunk, if that is free. */
  write(chunk: Uint8Array | null, file: string | null): Promise<Uint8Array | undefined>;
  /** All of it has come. */
  close(): Promise<void>;
  /** It will not come. */
  abort(cause: unknown): Promise<void>;
}

/** A stream as the sink of a zip. `reuse`: chunks are not needed any more when their write has resolved. */
export function streamSink(stream: WritableStream<Uint8Array>, reuse: boolean): PageSink {
  const writer = stream.getWriter();
  // When a file's stream has taken a chunk, it is in the file; others may keep what they get.
  const isFile = 'FileSystemWritableFileStream' in globalThis && stream instanceof FileSystemWritableFileStream;
  return {
    async write(chunk) {
      if (chunk === null) return undefined;
      await writer.ready;
      await writer.write(chunk);
      return isFile || reuse ? chunk : undefined;
    },
    close: () => writer.close(),
    abort: (cause) => writer.abort(cause),
  };
}

/**
 * A folder as the sink of files. It has to be empty: what lies in it would be taken for a part of the export. Of one that fails nothing
 * stays. Rejects with CassetteError DIRECTORY_NOT_EMPTY.
 */
export async function directorySink(directory: FileSystemDirectoryHandle): Promise<PageSink> {
  for await (const name of namesIn(directory)) {
    const message = `The folder '${directory.name}' holds ${name}: give an empty one, such as getDirectoryHandle(name, { create: true }) makes in it`;
    throw new CassetteError('DIRECTORY_NOT_EMPTY', message, { directory: directory.name, entry: name });
  }
  let open: { readonly file: string; readonly stream: FileSystemWritableFileStream } | null = null;
  const put = async (chunk: Uint8Array | null, file: string) => {
    if (open?.file !== file) open = { file, stream: await newFile(directory, file) };
    if (chunk !== null) {
      await open.stream.write(chunk as Uint8Array<ArrayBuffer>);
      return chunk;
    }
    const { stream } = open;
    open = null;
    await stream.close();
    return undefined;
  };
  /** An export that is cancelled does not wait for the chunk that is being written. */
  let last: Promise<unknown> = Promise.resolve();
  return {
    write(chunk, file) {
      if (file === null) return Promise.resolve(undefined);
      const writing = put(chunk, file);
      last = writing;
      return writing;
    },
    close: async () => undefined,
    async abort(cause) {
      await last.catch(() => undefined);
      await open?.stream.abort(cause);
      // It was empty: all that is in it came of this.
      const names: string[] = [];
      for await (const name of namesIn(directory)) names.push(name);
      for (const name of names) await directory.removeEntry(name, { recursive: true });
    },
  };
}

async function newFile(directory: FileSystemDirectoryHandle, path: string): Promise<FileSystemWritableFileStream> {
  const parts = path.split('/');
  let folder = directory;
  for (const part of parts.slice(0, -1)) folder = await folder.getDirectoryHandle(part, { create: true });
  const file = await folder.getFileHandle(parts[parts.length - 1], { create: true });
  return file.createWritable();
}

/** The DOM's types do not know that a folder can be gone through. */
function namesIn(directory: FileSystemDirectoryHandle): AsyncIterable<string> {
  return (directory as unknown as { keys(): AsyncIterable<string> }).keys();
}
