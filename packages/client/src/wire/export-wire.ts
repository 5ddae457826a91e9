import type { releaseProxy } from 'comlink';

/** As what an export is given out: one zip, or file by file. */
export type ExportForm = 'zip' | 'files';

/**
 * Takes the next chunk of an export, of the file of that name (null: of the zip), and resolves when it may have another: with the chunk,
 * where it has no more use for it. No chunk: the file is whole.
 */
export type WriteCallback = ((chunk: Uint8Array | null, file: string | null) => Promise<Uint8Array | undefined>) & {
  [releaseProxy]?: () => void;
};
