import { saysFull, wordsOf } from './dom-errors.ts';
import { asWorkerHandle, hasSyncAccessHandles, type SyncAccessHandle } from './opfs-types.ts';
import { encodeStoreName, mirrorName, rootFolder } from './store-names.ts';

/**
 * Why data can't be kept, for programs. `not-a-browser`; `insecure-context`: neither https nor localhost; `no-api`: the browser is too old
 * or lacks a part; `wrong-scope`: not a dedicated worker; `refused`: there is storage and this window does not get it, as in private
 * windows and where site data are blocked; `no-handles`: files can't be opened for writing in place; `broken`: they do not keep what is
 * written.
 */
export type OpfsRefusal = 'not-a-browser' | 'insecure-context' | 'no-api' | 'wrong-scope' | 'refused' | 'no-handles' | 'broken';

/** What {@link detectOpfs} found: `reason` is a sentence for people, with what this browser's user can do. */
export type OpfsDetection = { readonly ok: true } | { readonly ok: false; readonly reason: string; readonly why: OpfsRefusal };

const probeFolder = 'cassette-probe';

/**
 * Whether an OpfsStorage can work here, in this very worker: looks for the APIs, then makes a file, writes to it through a
 * sync access handle, reads it back and removes it. Only a real try tells: WebKitGTK has the method and answers
 * NotSupportedError, private windows have the storage and refuse it. Where it says that there is no room it works: a store that is there
 * can be read, and room can be made. Never throws.
 */
export async function detectOpfs(): Promise<OpfsDetection> {
  return missingApi() ?? detectIn(probe);
}

/**
 * Whether the store of that name can be opened: one whose catalog has been written here through such a handle is answer enough, and spares
 * a start the try, which makes, flushes and removes a file. For any other as {@link detectOpfs}. Never throws.
 */
export async function detectStore(name: string): Promise<OpfsDetection> {
  return missingApi() ?? detectIn(async (root) => ((await hasCatalog(root, name)) ? { ok: true } : probe(root)));
}

async function detectIn(look: (root: FileSystemDirectoryHandle) => Promise<OpfsDetection>): Promise<OpfsDetection> {
  let root: FileSystemDirectoryHandle;
  try {
    root = await navigator.storage.getDirectory();
  } catch (error) {
    const reason = `The browser refuses its private file system (${wordsOf(error)}). ${whatToDo()}`;
    return { ok: false, why: 'refused', reason };
  }
  return look(root);
}

async function hasCatalog(root: FileSystemDirectoryHandle, name: string): Promise<boolean> {
  try {
    const store = await (await root.getDirectoryHandle(rootFolder)).getDirectoryHandle(encodeStoreName(name));
    return (await (await store.getFileHandle(mirrorName)).getFile()).size > 0;
  } catch {
    // Whatever it is, the try will tell.
    return false;
  }
}

/** What this scope lacks of what a store needs; undefined where nothing is missing. */
export function missingApi(): Extract<OpfsDetection, { ok: false }> | undefined {
  const no = (why: OpfsRefusal, reason: string) => ({ ok: false, why, reason }) as const;
  if (typeof navigator === 'undefined') return no('not-a-browser', 'There is no browser here: under Node use NodeStorage.');
  if (globalThis.isSecureContext === false) {
    return no('insecure-context', 'The page is not a secure context: serve it over https or from localhost.');
  }
  if (typeof navigator.storage?.getDirectory !== 'function') {
    return no('no-api', `This browser has no origin private file system (OPFS). ${whatToDo()}`);
  }
  if (typeof document !== 'undefined') {
    return no('wrong-scope', 'This is a page: OPFS sync access handles exist in dedicated workers only.');
  }
  if (!hasSyncAccessHandles()) {
    return no('no-api', `This browser, or this kind of worker, has no OPFS sync access handles. ${whatToDo()}`);
  }
  if (navigator.locks === undefined) return no('no-api', 'This browser has no Web Locks.');
  if (typeof indexedDB === 'undefined') return no('no-api', 'This browser has no IndexedDB.');
  return undefined;
}

/** What the user of this browser can do about a refusal: they differ in what they refuse, and name none of it in their errors. */
function whatToDo(): string {
  const { userAgent = '' } = navigator;
  if (/Firefox\//.test(userAgent)) {
    return 'Firefox gives none where cookies and site data are blocked (Settings, Privacy & Security), and may give none in private windows: allow them for this site, in a normal window, Firefox 111 or later.';
  }
  if (/Chrom(e|ium)\//.test(userAgent)) {
    return 'Chrome and Edge give none where on-device site data are blocked for this site: allow them (Settings, Privacy and security, Site settings). Incognito windows give some, and forget it with the window.';
  }
  if (/AppleWebKit\//.test(userAgent)) {
    return 'Safari gives none in private windows: open the page in a normal one, Safari 15.2 or later. Other browsers on WebKit may have none at all.';
  }
  return 'Private windows and blocked site data are the usual reasons: allow site data, in a normal window.';
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
      const reason = `OPFS sync access handles do not work here (${wordsOf(error)}). ${whatToDo()}`;
      outcome = saysFull(error) ? { ok: true } : { ok: false, why: 'no-handles', reason };
    }
    const left = await removeProbe(folder, name);
    return outcome.ok || left === undefined ? outcome : { ...outcome, reason: `${outcome.reason} ${left}` };
  } catch (error) {
    if (saysFull(error)) return { ok: true };
    const reason = `The browser's private file system cannot be written (${wordsOf(error)}). ${whatToDo()}`;
    return { ok: false, why: 'refused', reason };
  }
}

function tryOut(handle: SyncAccessHandle): OpfsDetection {
  try {
    const back = new Uint8Array(1);
    const written = handle.write(Uint8Array.of(42), { at: 0 });
    // A full device may take nothing and say nothing.
    const good = written === 0 || (handle.read(back, { at: 0 }) === 1 && back[0] === 42);
    handle.flush();
    return good ? { ok: true } : { ok: false, why: 'broken', reason: 'OPFS does not read back what was written.' };
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
