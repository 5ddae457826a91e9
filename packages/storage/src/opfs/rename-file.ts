import { nameOf } from './dom-errors.ts';
import { asWorkerHandle, type WorkerFileHandle } from './opfs-types.ts';

const copyBlockSize = 1024 * 1024;

/** Renames a file inside its folder, replacing one of the new name: with `move` where the engine has it, else by a copy. */
export async function renameFile(folder: FileSystemDirectoryHandle, file: WorkerFileHandle, to: string): Promise<void> {
  if (typeof file.move !== 'function') return copyAndRemove(folder, file, to);
  try {
    await file.move(to);
  } catch (error) {
    // Engines differ in whether `move` replaces. Where it does not, a crash after the removal leaves the old name only,
    // which is what a rename that has not been synced may leave anyway.
    if (nameOf(error) === 'NoModificationAllowedError' || !(await isThere(folder, to))) throw error;
    await folder.removeEntry(to);
    await file.move(to);
  }
}

async function isThere(folder: FileSystemDirectoryHandle, name: string): Promise<boolean> {
  try {
    await folder.getFileHandle(name);
    return true;
  } catch (error) {
    if (nameOf(error) === 'NotFoundError') return false;
    throw error;
  }
}

/** The copy is flushed before the original goes: a crash leaves at least one of them whole. */
async function copyAndRemove(folder: FileSystemDirectoryHandle, file: WorkerFileHandle, to: string): Promise<void> {
  const source = await file.createSyncAccessHandle();
  try {
    const copy = asWorkerHandle(await folder.getFileHandle(to, { create: true }));
    const target = await copy.createSyncAccessHandle();
    try {
      target.truncate(0);
      const block = new Uint8Array(copyBlockSize);
      for (let at = 0; ; ) {
        const count = source.read(block, { at });
        if (count === 0) break;
        for (let done = 0; done < count; ) {
          const written = target.write(block.subarray(done, count), { at: at + done });
          if (written === 0) throw new DOMException('No room for the copy', 'QuotaExceededError');
          done += written;
        }
        at += count;
      }
      target.flush();
    } finally {
      target.close();
    }
  } finally {
    source.close();
  }
  await folder.removeEntry(file.name);
}
