import { transfer } from 'comlink';
import { GarbageCollection } from '../wire/collect-garbage.ts';
import { invalidOption } from './check-arguments.ts';
import { fillingReader } from './filling-reader.ts';

/** A file of a folder; its name is its path there, with `/` between. */
export interface ImportPart {
  /** Where it lies in the folder: `ks/table-id/nb-1-big-Data.db`. */
  readonly name: string;
  /** Its bytes, read where they lie. */
  readonly blob: Blob;
}

/**
 * What a page imports: a zip (as a Blob, or as bytes, it is read where it lies, as a stream it is kept in the store's directory for the time
 * being), or the files of a folder, as an `<input webkitdirectory>` has them or with names of one's own.
 */
export type ImportInput =
  | Blob
  | Uint8Array
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | Iterable<File | ImportPart>;

/** An input as it travels: Blobs do, of a stream the worker asks for one chunk after the other. */
export interface SentImport {
  readonly files: Blob | readonly ImportPart[] | null;
  /** Fills a buffer with the next bytes of a stream; null at its end. */
  readonly read: ((buffer: Uint8Array) => Promise<Uint8Array | null>) | null;
  /** Ends a stream that is not read to its end. */
  cancel(reason: unknown): Promise<void>;
}

/** Makes an input ready to be sent. Throws CassetteError INVALID_OPTION. */
export function sentImport(input: ImportInput): SentImport {
  const cancel = async () => undefined;
  if (input instanceof Blob) return { files: input, read: null, cancel };
  if (input instanceof Uint8Array) return { files: new Blob([input as Uint8Array<ArrayBuffer>]), read: null, cancel };
  if (typeof input !== 'object' || input === null) throw wrong(input);
  if ('getReader' in input && typeof input.getReader === 'function') return readStream(input as ReadableStream<Uint8Array>);
  if (Symbol.asyncIterator in input) return readIterable(input[Symbol.asyncIterator]());
  if (!(Symbol.iterator in input)) throw wrong(input);
  return { files: Array.from(input, partOf), read: null, cancel };
}

function partOf(file: File | ImportPart): ImportPart {
  if (file instanceof File) return { name: file.webkitRelativePath || file.name, blob: file };
  if (typeof file?.name === 'string' && file.blob instanceof Blob) return { name: file.name, blob: file.blob };
  throw wrong(file);
}

/** A stream of the platform's own fills the worker's buffer itself; of another one chunks come, which are copied into it. */
function readStream(stream: ReadableStream<Uint8Array>): SentImport {
  const filling = fillingReader(stream);
  if (filling !== null) {
    const garbage = new GarbageCollection();
    let bytes = 0;
    return {
      files: null,
      read: async (buffer) => {
        const { value } = await filling.read(buffer as Uint8Array<ArrayBuffer>, { min: buffer.length });
        // The last bytes of a stream come with its end.
        if (value === undefined || value.length === 0) return null;
        bytes += value.length;
        garbage.told(bytes);
        return sent(value);
      },
      cancel: (reason) => filling.cancel(reason),
    };
  }
  const reader = stream.getReader();
  return {
    files: null,
    read: filledFrom(async () => (await reader.read()).value ?? null),
    cancel: (reason) => reader.cancel(reason),
  };
}

function readIterable(iterator: AsyncIterator<Uint8Array>): SentImport {
  return {
    files: null,
    read: filledFrom(async () => {
      const { done, value } = await iterator.next();
      return done === true ? null : value;
    }),
    cancel: async () => void (await iterator.return?.()),
  };
}

/** Fills buffers from chunks of any size, which stay whose they are. */
function filledFrom(next: () => Promise<Uint8Array | null>): (buffer: Uint8Array) => Promise<Uint8Array | null> {
  let chunk: Uint8Array = new Uint8Array(0);
  return async (buffer) => {
    let filled = 0;
    // As much as there is at hand; a stream of many small chunks would else be one of many messages.
    while (filled < buffer.length) {
      if (chunk.length === 0) {
        const came = await next();
        if (came === null) break;
        if (!(came instanceof Uint8Array)) throw invalidOption('A stream that is imported', 'one of Uint8Arrays', came);
        chunk = came;
        continue;
      }
      const count = Math.min(chunk.length, buffer.length - filled);
      buffer.set(chunk.subarray(0, count), filled);
      filled += count;
      chunk = chunk.subarray(count);
    }
    return filled === 0 ? null : sent(buffer.subarray(0, filled));
  };
}

/** On its way with its buffer, which comes back. */
function sent(bytes: Uint8Array): Uint8Array {
  return transfer(bytes, [bytes.buffer as ArrayBuffer]);
}

function wrong(value: unknown): Error {
  return invalidOption('The source of import()', 'a Blob, bytes, a stream of bytes, Files, or objects { name, blob }', value);
}
