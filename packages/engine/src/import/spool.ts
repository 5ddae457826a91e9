import type { ByteSource } from '@cassette/sstable';
import { type Storage, StorageError, type StorageFile } from '@cassette/storage';
import { type Slices, untilAborted } from '../scheduler/index.ts';
import { checkAborted, ImportError } from './import-error.ts';
import type { ImportSource } from './import-options.ts';
import { spoolName } from './spool-name.ts';

// A zip that comes as a stream can't be read by its directory, which is at its end: it is written into the store's directory first.

type StreamSource = Extract<ImportSource, AsyncIterable<Uint8Array> | { getReader(): unknown }>;

/** A stream as a file. */
export class Spool {
  /** What was in the stream. */
  readonly source: ByteSource;
  private readonly file: StorageFile;
  private readonly storage: Storage;

  private constructor(storage: Storage, file: StorageFile) {
    this.storage = storage;
    this.file = file;
    this.source = file;
  }

  /** Writes the stream, a chunk at a time. Throws StorageError, ABORTED, and what the stream throws. */
  static async of(
    storage: Storage,
    stream: StreamSource,
    signal: AbortSignal | undefined,
    onBytes: (bytes: number) => void,
    slices: Slices,
  ): Promise<Spool> {
    const file = await openNew(storage);
    const spool = new Spool(storage, file);
    try {
      let size = 0;
      for await (const chunk of chunksOfStream(stream, signal)) {
        checkAborted(signal);
        if (!(chunk instanceof Uint8Array))
          throw new ImportError('IMPORT_INVALID', 'A stream that is imported is one of Uint8Arrays');
        file.write(chunk, size);
        size += chunk.length;
        onBytes(size);
        // A stream that has its chunks at hand would else keep everybody waiting.
        await slices.pause();
      }
      checkAborted(signal);
      return spool;
    } catch (error) {
      await spool.remove();
      throw error;
    }
  }

  /** Closes and removes it. */
  async remove(): Promise<void> {
    this.file.close();
    await this.storage.remove(this.file.name);
  }
}

/** Imports that begin at the same time see the same names free; who comes second takes the next one. */
async function openNew(storage: Storage): Promise<StorageFile> {
  for (let i = 1; ; i++) {
    const name = spoolName(i);
    if (await storage.exists(name)) continue;
    try {
      const file = await storage.open(name, { create: true, bulk: true });
      if (file.size === 0) return file;
      file.close();
    } catch (error) {
      if (!(error instanceof StorageError && error.code === 'FILE_IN_USE')) throw error;
    }
  }
}

/** A stream that is cancelled while it gives nothing is left as it is: it is asked to end, and not waited for. */
async function* chunksOfStream(stream: StreamSource, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array, void, void> {
  const { next, end } = readerOf(stream);
  let isDone = false;
  try {
    for (;;) {
      const chunk = await untilAborted(next(), signal, 'The import');
      if (chunk === null) {
        isDone = true;
        return;
      }
      yield chunk;
    }
  } finally {
    if (!isDone) {
      const ended = end();
      if (signal?.aborted === true) ended.catch(() => undefined);
      else await ended;
    }
  }
}

interface StreamReader {
  /** Null at the end. */
  next(): Promise<Uint8Array | null>;
  end(): Promise<void>;
}

function readerOf(stream: StreamSource): StreamReader {
  if (Symbol.asyncIterator in stream) {
    const iterator = stream[Symbol.asyncIterator]();
    return {
      next: async () => {
        const { done, value } = await iterator.next();
        return done === true ? null : value;
      },
      end: async () => void (await iterator.return?.()),
    };
  }
  // Some browsers' streams are no iterables.
  const reader = stream.getReader();
  return {
    next: async () => {
      const { done, value } = await reader.read();
      return done || value === undefined ? null : value;
    },
    end: () => reader.cancel(),
  };
}
