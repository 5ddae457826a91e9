import { nameOf, wordsOf } from './dom-errors.ts';
import { asWorkerHandle, hasSyncAccessHandles, type SyncAccessHandle } from './opfs-types.ts';

/** What {@link detectOpfs} found: `reason` is a sentence for people. */
export type OpfsDetection = { readonly ok: true } | { readonly ok: false; readonly reason: string };

const probeFolder = 'cassette-probe';

/**
 * Whether an OpfsStorage can work here, in this very worker: looks for the APIs, then makes a file, writes to it through a
 * sync access handle, reads it back and removes it. Only a real try tells: WebKitGTK has the method and answers
 * NotSupportedError, private windows have the storage and refuse it. Never throws.
 */
export async function detectOpfs(): Promise<OpfsDetection> {
  const missing = missingApi();
  if (missing !== undefined) return { ok: false, reason: missing };
  let root: FileSystemDirectoryHandle;
  try {
    root = await navigator.storage.getDirectory();
  } catch (error) {
    const hint = nameOf(error) === 'SecurityError' ? ' This happens in private windows and where site data is blocked.' : '';
    return { ok: false, reason: `The browser refuses its private file system (${wordsOf(error)}).${hint}` };
  }
  return probe(root);
}

function missingApi(): string | undefined {
  if (typeof navigator === 'undefined') return 'There is no browser here: under Node use NodeStorage.';
  if (globalThis.isSecureContext === false) return 'The page is not a secure context: serve it over https or from localhost.';
  if (typeof navigator.storage?.getDirectory !== 'function') return 'This browser has no origin private file system (OPFS).';
  if (typeof document !== 'undefined') return 'This is a page: OPFS sync access handles exist in dedicated workers only.';
  if (!hasSyncAccessHandles()) return 'This browser, or this kind of worker, has no OPFS sync access handles.';
  if (navigator.locks === undefined) return 'This browser has no Web Locks.';
  if (typeof indexedDB === 'undefined') return 'This browser has no IndexedDB.';
  return undefined;
}

/** The name is new each time: where the probe fails, its file may stay locked and could not be probed twice. */
async function probe(root: FileSystemDirectoryHandle): Promise<OpfsDetection> {
  const name = crypto.randomUUID();
  try {
    const folder = await root.getDirectoryHandle(probeFolder, { create: true });
    const file = asWorkerHandle(await folder.getFileHandle(name, { create: true }));
    let outcome: OpfsDetection;
    try {
      outcome = tryOut(await file.createSyncAccessHandle());
    } catch (error) {
      outcome = { ok: false, reason: `OPFS sync access handles do not work here (${wordsOf(error)}).` };
    }
    const left = await removeProbe(folder, name);
    return outcome.ok || left === undefined ? outcome : { ok: false, reason: `${outcome.reason} ${left}` };
  } catch (error) {
    return { ok: false, reason: `The browser's private file system cannot be written (${wordsOf(error)}).` };
  }
}

function tryOut(handle: SyncAccessHandle): OpfsDetection {
  try {
    const back = new Uint8Array(1);
    const good = handle.write(Uint8Array.of(42), { at: 0 }) === 1 && handle.read(back, { at: 0 }) === 1 && back[0] === 42;
    handle.flush();
    return good ? { ok: true } : { ok: false, reason: 'OPFS does not read back what was written.' };
  } finally {
    handle.close();
  }
}

/** After a failed probe its file may not be removable (WebKitGTK keeps it locked); an empty file more is then told, not hidden. */
async function removeProbe(folder: FileSystemDirectoryHandle, name: string): Promise<string | undefined> {
  try {
    await folder.removeEntry(name);
    return undefined;
  } catch (error) {
    return `An empty probe file stays behind (${wordsOf(error)}).`;
  }
}
