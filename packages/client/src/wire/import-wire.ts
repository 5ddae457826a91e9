import type { ImportOptions, ImportProgress } from '@cassette/engine';
import type { releaseProxy } from 'comlink';

/** What a tab asks its worker to import: Blobs are cloned, which copies nothing. */
export interface ImportRequest {
  /** A zip, or the files of a folder; null for a stream that is read by calling back. */
  readonly files: Blob | readonly { readonly name: string; readonly blob: Blob }[] | null;
  readonly options: Omit<ImportOptions, 'onProgress' | 'signal'>;
}

/** Gives the next chunk of a stream; null at its end. */
export type ChunkCallback = (() => Promise<Uint8Array | null>) & { [releaseProxy]?: () => void };

/** Is told how far an import is. */
export type ProgressCallback = ((now: ImportProgress) => Promise<void>) & { [releaseProxy]?: () => void };
