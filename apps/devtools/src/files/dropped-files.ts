// What was dropped on the page or chosen in a dialog, as files with paths.

/** A file and where it was: `folder/of/it/nb-1-big-Data.db`. */
export interface PlacedFile {
  readonly path: string;
  readonly file: File;
}

/** Files of a folder are not read beyond so many: a whole disk may have been dropped. */
const FILES_MAX = 20_000;

/** Files of an input; of one for folders with their paths. */
export function chosenFiles(list: FileList): PlacedFile[] {
  return Array.from(list, (file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** Files and folders that were dropped. To be called in the event's own turn: later it has none. */
export async function droppedFiles(transfer: DataTransfer): Promise<PlacedFile[]> {
  const entries = Array.from(transfer.items, (item) => (item.kind === 'file' ? item.webkitGetAsEntry() : null));
  const plain = chosenFiles(transfer.files);
  const found: PlacedFile[] = [];
  for (const [index, entry] of entries.entries()) {
    // Where a browser tells no entry it is a file by itself.
    if (entry === null) {
      if (plain[index] !== undefined) found.push(plain[index]);
    } else await walk(entry, '', found);
  }
  return found;
}

async function walk(entry: FileSystemEntry, folder: string, found: PlacedFile[]): Promise<void> {
  if (found.length >= FILES_MAX) return;
  const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    found.push({ path, file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // Browsers give a folder's entries in parts, and an empty one at its end.
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0) return;
    for (const one of part) await walk(one, path, found);
  }
}
