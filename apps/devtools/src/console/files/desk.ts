// Files that lie ready because they were dropped: SOURCE and COPY find them by name.

const onDesk = new Map<string, File>();
const filesMax = 100;

const baseName = (path: string) => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);

/** Lays files ready for this visit. */
export function layReady(files: readonly File[]): void {
  for (const file of files.slice(0, filesMax)) {
    onDesk.delete(file.name);
    onDesk.set(file.name, file);
  }
  for (const name of onDesk.keys()) {
    if (onDesk.size <= filesMax) return;
    onDesk.delete(name);
  }
}

/** The files of a name, or of several with commas between, if all lie ready. */
export function readyFiles(name: string): readonly File[] | null {
  const exact = onDesk.get(baseName(name));
  if (exact !== undefined) return [exact];
  const found = name.split(',').map((one) => onDesk.get(baseName(one.trim())));
  return found.every((file) => file !== undefined) ? found : null;
}
