import { CassetteError } from '@cassette/bytes';
import type { ExportOptions, ExportProgress, ExportReport } from '@cassette/engine';
import type { RemoteDatabase } from './remote-database.ts';

/** Where to, and who looks on. */
export interface ExportToDirectoryOptions {
  /** The folder that is made in the one that the user picks. Default: the store's name and the time. */
  readonly suggestedName?: string;
  /** Hears how far it is, up to 25 times a second. */
  readonly onProgress?: (progress: ExportProgress) => void;
  /** Ends it: the promise rejects with AbortedError. */
  readonly signal?: AbortSignal;
}

interface PickerWindow {
  showDirectoryPicker?(options: { mode: 'readwrite' }): Promise<FileSystemDirectoryHandle>;
}

/**
 * Exports into a new folder in one that the user picks, file by file, without a zip. Call it from a click. Rejects with CassetteError
 * NO_DIRECTORY_PICKER where the browser has none (`exportToFile` does in every browser), with an AbortError (DOMException) when the user
 * closes the picker, and with what `RemoteDatabase.exportTo` rejects with; then the folder goes.
 */
export async function exportToDirectory(
  database: RemoteDatabase,
  options: ExportOptions = {},
  how: ExportToDirectoryOptions = {},
): Promise<ExportReport> {
  const { showDirectoryPicker } = window as PickerWindow;
  if (showDirectoryPicker === undefined) {
    throw new CassetteError(
      'NO_DIRECTORY_PICKER',
      'This browser lets no user pick a folder: offer exportToFile, or exportTo a folder of OPFS',
    );
  }
  const picked = await showDirectoryPicker.call(window, { mode: 'readwrite' });
  // No colons: Windows has no such names.
  const name = how.suggestedName ?? `${database.name} ${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}`;
  const folder = await picked.getDirectoryHandle(name, { create: true });
  const { onProgress, signal } = how;
  try {
    return await database.exportTo(options, folder, { ...(onProgress && { onProgress }), ...(signal && { signal }) });
  } catch (error) {
    // One that was there and holds something stays.
    await picked
      .removeEntry(name)
      .catch((second: unknown) => console.warn('Cassette: the folder of a failed export stays', second));
    throw error;
  }
}
