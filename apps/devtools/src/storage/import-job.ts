// The import that is under way, or was last: it goes on whatever is looked at meanwhile.

import type { ImportInput, ImportProgress, ImportReport, RemoteDatabase } from '@cassette/client';
import { signal } from '@preact/signals';
import type { PlacedFile } from '../files/dropped-files.ts';
import { sayError } from '../text/say-error.ts';
import { isZip, type Papers, papersOf } from './import-papers.ts';

/** How far it is. */
export type ImportStep =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly progress: ImportProgress | null }
  | { readonly kind: 'done'; readonly report: ImportReport; readonly milliseconds: number; readonly papers: Papers | null }
  | { readonly kind: 'failed'; readonly text: string };

/** The import of this page; one at a time. */
export const importStep = signal<ImportStep>({ kind: 'idle' });

let cancel = new AbortController();

/** Ends what is under way: nothing of it is there then. */
export function cancelImport(): void {
  cancel.abort();
}

/** Forgets what was told: of a store that was left. */
export function forgetImports(): void {
  cancelImport();
  cancel = new AbortController();
  importStep.value = { kind: 'idle' };
}

/** Imports files, all of them or none; what comes of it is told by `importStep`. Nothing while there is one. */
export async function runImport(database: RemoteDatabase, files: readonly PlacedFile[]): Promise<void> {
  if (files.length === 0 || importStep.value.kind === 'running') return;
  const own = new AbortController();
  cancel = own;
  importStep.value = { kind: 'running', progress: null };
  const began = performance.now();
  const tell = (step: ImportStep) => {
    if (cancel === own) importStep.value = step;
  };
  try {
    const report = await database.import(inputOf(files), {
      signal: own.signal,
      onProgress(progress) {
        if (importStep.value.kind === 'running') tell({ kind: 'running', progress });
      },
    });
    const milliseconds = performance.now() - began;
    tell({ kind: 'done', report, milliseconds, papers: await papersOf(files) });
  } catch (error) {
    tell((error as { code?: string }).code === 'ABORTED' ? { kind: 'idle' } : { kind: 'failed', text: sayError(error) });
  }
}

/** One zip is read where it lies; all else are files with their paths. */
function inputOf(files: readonly PlacedFile[]): ImportInput {
  if (files.length === 1 && isZip(files[0])) return files[0].file;
  return files.map(({ path, file }) => ({ name: path, blob: file }));
}
