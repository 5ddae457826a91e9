import type { ImportOptions } from '@cassette/engine';
import type { releaseProxy } from 'comlink';

/** What a tab asks its worker to import: Blobs are cloned, which copies nothing. */
export interface ImportRequest {
  /** A zip, or the files of a folder; null for a stream that is read by calling back. */
  readonly files: Blob | readonly { readonly name: string; readonly blob: Blob }[] | null;
  readonly options: Omit<ImportOptions, 'onProgress' | 'signal'>;
}

/**
 * Gives the next bytes of a stream; null at its end. The buffer goes there and back: it is filled as far as there is something, at least by
 * a byte, so that however much is read no more than one is there.
 */
export type ChunkCallback = ((buffer: Uint8Array) => Promise<Uint8Array | null>) & { [releaseProxy]?: () => void };
