import type { ExportOptions, ExportProgress, ExportReport } from '@cassette/engine';
import { makeDownloadFile } from './downloads.ts';
import type { RemoteDatabase } from './remote-database.ts';

/** How a file is offered to the user. */
export interface ExportToFileOptions {
  /** Default: the store's name and `.zip`. */
  readonly suggestedName?: string;
  /** Hears how far it is, up to 25 times a second. */
  readonly onProgress?: (progress: ExportProgress) => void;
  /** Ends it: the promise rejects with AbortedError. */
  readonly signal?: AbortSignal;
  /** False goes straight to a download, without asking where to. Default true. */
  readonly picker?: boolean;
}

interface PickerWindow {
  showSaveFilePicker?(options: {
    suggestedName: string;
    types: { description: string; accept: Record<string, string[]> }[];
  }): Promise<FileSystemFileHandle>;
}

/**
 * Exports into a file that the user picks or, where the browser has no picker, into a download. Both in constant memory: a
 * download is written to a file of the origin first and handed over from there. Call it from a click.
 * Rejects with an AbortError (DOMException) when the user closes the picker.
 */
export async function exportToFile(
  database: RemoteDatabase,
  options: ExportOptions = {},
  how: ExportToFileOptions = {},
): Promise<ExportReport> {
  const name = how.suggestedName ?? `${database.name}.zip`;
  const { onProgress, signal } = how;
  const hooks = { ...(onProgress ? { onProgress } : {}), ...(signal ? { signal } : {}) };
  const { showSaveFilePicker } = window as PickerWindow;
  if (showSaveFilePicker && how.picker !== false) {
    const handle = await showSaveFilePicker.call(window, {
      suggestedName: name,
      types: [{ description: 'Zip of Cassandra SSTables', accept: { 'application/zip': ['.zip'] } }],
    });
    return database.export(options, await handle.createWritable(), hooks);
  }
  return database.persistent
    ? downloadFromFile(database, options, name, hooks)
    : downloadFromMemory(database, options, name, hooks);
}

interface Hooks {
  onProgress?: (progress: ExportProgress) => void;
  signal?: AbortSignal;
}

function offer(file: Blob, name: string): void {
  const url = URL.createObjectURL(new File([file], name, { type: 'application/zip' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download reads until it is done; the URL may go once it has begun.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** A store in memory has no files to write to either: its export is as large as it is. */
async function downloadFromMemory(
  database: RemoteDatabase,
  options: ExportOptions,
  name: string,
  hooks: Hooks,
): Promise<ExportReport> {
  const chunks: BlobPart[] = [];
  const sink = new WritableStream<Uint8Array>({
    write(chunk) {
      chunks.push(chunk as Uint8Array<ArrayBuffer>);
    },
  });
  const report = await database.export(options, sink, hooks);
  offer(new Blob(chunks), name);
  return report;
}

async function downloadFromFile(
  database: RemoteDatabase,
  options: ExportOptions,
  name: string,
  hooks: Hooks,
): Promise<ExportReport> {
  const { handle, remove } = await makeDownloadFile(database.name);
  try {
    const report = await database.export(options, await handle.createWritable(), hooks);
    offer(await handle.getFile(), name);
    return report;
  } catch (error) {
    await remove();
    throw error;
  }
}
