import { invalidOption } from './check-arguments.ts';

/** A file of a folder; its name is its path there, with `/` between. */
export interface ImportPart {
  readonly name: string;
  readonly blob: Blob;
}

/**
 * What a page imports: a zip (as a Blob it is read where it lies, as a stream it is kept in the store's directory for the time being), or the
 * files of a folder, as an `<input webkitdirectory>` has them or with names of one's own.
 */
export type ImportInput = Blob | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> | Iterable<File | ImportPart>;

/** An input as it travels: Blobs do, of a stream the worker asks for one chunk after the other. */
export interface SentImport {
  readonly files: Blob | readonly ImportPart[] | null;
  /** The next chunk of a stream; null at its end. */
  readonly read: (() => Promise<Uint8Array | null>) | null;
  /** Ends a stream that is not read to its end. */
  cancel(reason: unknown): Promise<void>;
}

/** Makes an input ready to be sent. Throws CassetteError INVALID_OPTION. */
export function sentImport(input: ImportInput): SentImport {
  const cancel = async () => undefined;
  if (input instanceof Blob) return { files: input, read: null, cancel };
  if (typeof input !== 'object' || input === null) throw wrong(input);
  if ('getReader' in input && typeof input.getReader === 'function') return readStream(input.getReader());
  if (Symbol.asyncIterator in input) return readIterable(input[Symbol.asyncIterator]());
  if (!(Symbol.iterator in input)) throw wrong(input);
  return { files: Array.from(input, partOf), read: null, cancel };
}

function partOf(file: File | ImportPart): ImportPart {
  if (file instanceof File) return { name: file.webkitRelativePath || file.name, blob: file };
  if (typeof file?.name === 'string' && file.blob instanceof Blob) return { name: file.name, blob: file.blob };
  throw wrong(file);
}

function readStream(reader: ReadableStreamDefaultReader<Uint8Array>): SentImport {
  return {
    files: null,
    read: async () => (await reader.read()).value ?? null,
    cancel: (reason) => reader.cancel(reason),
  };
}

function readIterable(iterator: AsyncIterator<Uint8Array>): SentImport {
  return {
    files: null,
    read: async () => {
      const { done, value } = await iterator.next();
      return done === true ? null : value;
    },
    cancel: async () => void (await iterator.return?.()),
  };
}

function wrong(value: unknown): Error {
  return invalidOption('The source of import()', 'a Blob, a stream of bytes, Files, or objects { name, blob }', value);
}
