// The export that is under way, or was last: it goes on whatever is looked at meanwhile.

import {
  type CassetteError,
  type ExportOptions,
  type ExportProgress,
  type ExportReport,
  exportToFile,
  type RemoteDatabase,
} from '@cassette/client';
import { signal } from '@preact/signals';

/** How far it is. */
export type ExportStep =
  | { readonly kind: 'ask' }
  | { readonly kind: 'running'; readonly fileName: string; readonly progress: ExportProgress | null }
  | { readonly kind: 'done'; readonly fileName: string; readonly report: ExportReport; readonly milliseconds: number }
  | { readonly kind: 'failed'; readonly message: string; readonly table: string | null };

/** Whether the dialog of exports is open, and which earlier one it goes on from. */
export const exporting = signal<{ readonly since: string | null } | null>(null);

/** The export of this page; one at a time. */
export const exportStep = signal<ExportStep>({ kind: 'ask' });

/** How many exports have come to an end, however. */
export const exportsEnded = signal(0);

let cancel = new AbortController();

/** Opens the dialog: on what is under way, or was not looked at since it ended, else on what may be exported. */
export function openExports(since: string | null): void {
  exporting.value = { since };
}

/** Closes it. What is under way goes on; what was told is done with. */
export function closeExports(): void {
  exporting.value = null;
  if (exportStep.value.kind !== 'running') exportStep.value = { kind: 'ask' };
}

/** Ends what is under way. */
export function cancelExport(): void {
  cancel.abort();
}

/** Forgets what was told of one that is over: of a store that was left. */
export function forgetExports(): void {
  cancelExport();
  closeExports();
}

/** Exports into a file; what comes of it is told by `exportStep`. */
export async function runExport(database: RemoteDatabase, options: ExportOptions, fileName: string): Promise<void> {
  const own = new AbortController();
  cancel = own;
  exportStep.value = { kind: 'running', fileName, progress: null };
  const began = performance.now();
  try {
    const report = await exportToFile(database, options, {
      suggestedName: fileName,
      signal: own.signal,
      onProgress(progress) {
        if (cancel === own && exportStep.value.kind === 'running') exportStep.value = { kind: 'running', fileName, progress };
      },
    });
    if (cancel === own) exportStep.value = { kind: 'done', fileName, report, milliseconds: performance.now() - began };
  } catch (error) {
    const { name, code, message, data } = error as CassetteError;
    if (cancel !== own) return;
    // A picker that was closed, and an export that was cancelled, are what the user wanted.
    if (code === 'ABORTED' || name === 'AbortError') exportStep.value = { kind: 'ask' };
    else exportStep.value = { kind: 'failed', message, table: typeof data?.table === 'string' ? data.table : null };
  } finally {
    exportsEnded.value++;
  }
}
