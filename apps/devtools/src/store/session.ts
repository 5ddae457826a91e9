// The store that the page works on, from opening to losing it.

import { type CassetteError, destroy, open, type RemoteDatabase, rename } from '@cassette/client';
import { signal } from '@preact/signals';
import { moveHistory } from '../console/history.ts';
import { copying } from '../storage/copy-progress.ts';

/** Where the page stands with its store. */
export type Session =
  | { readonly kind: 'opening' }
  /** Its files are copied, for browsers can't rename folders. `share`: of them, from 0 to 1. */
  | { readonly kind: 'renaming'; readonly to: string; readonly share: number }
  | { readonly kind: 'open'; readonly database: RemoteDatabase }
  | { readonly kind: 'taken' }
  | { readonly kind: 'unsupported'; readonly message: string }
  | { readonly kind: 'lost'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string; readonly code: string };

/** The store's name: on the page `?store=NAME`, else `devtools`; in an app that of its own. */
export const storeName = signal(new URLSearchParams(location.search).get('store') || 'devtools');

/** Memtables are flushed at this: small, so that flushes are seen. */
const memtableFlushThreshold = 4_000_000;

/** The session; every part of the page looks at it. */
export const session = signal<Session>({ kind: 'opening' });

/** Shows a store that somebody else opened, and will close. */
export function showStore(database: RemoteDatabase): void {
  storeName.value = database.name;
  keep(database);
}

/** Shows no store any more; whoever opened it goes on with it. */
export function leaveStore(): void {
  session.value = { kind: 'opening' };
}

function keep(database: RemoteDatabase): void {
  session.value = { kind: 'open', database };
  void database.closed.then((error) => {
    const now = session.value;
    if (error !== null && now.kind === 'open' && now.database === database) {
      session.value = { kind: 'lost', message: error.message };
    }
  });
}

/** Opens the store, or says why not. */
export async function openStore(allowInMemory = false): Promise<void> {
  session.value = { kind: 'opening' };
  try {
    keep(await open({ name: storeName.peek(), allowInMemory, config: { memtableFlushThreshold } }));
  } catch (error) {
    session.value = refusal(error as CassetteError);
  }
}

function refusal(error: CassetteError): Session {
  switch (error.code) {
    case 'STORE_LOCKED':
      return { kind: 'taken' };
    case 'STORAGE_UNSUPPORTED':
      return { kind: 'unsupported', message: String(error.data.reason ?? error.message) };
    default:
      return { kind: 'failed', message: error.message, code: error.code ?? error.name };
  }
}

/**
 * Closes the store, gives it another name and opens it under that. Where it can't be renamed it is opened as it was, and the promise rejects
 * with the reason: StoreLockedError where another tab has it, STORE_EXISTS, StorageFullError.
 */
export async function renameStore(to: string): Promise<void> {
  const now = session.value;
  if (now.kind !== 'open') return;
  const from = storeName.peek();
  const tell = (share: number) => {
    session.value = { kind: 'renaming', to, share };
  };
  tell(0);
  let failure: unknown = null;
  try {
    await now.database.close();
    await copying(from, to, tell, () => rename(from, to));
    storeName.value = to;
    moveHistory(from, to);
    const address = new URL(location.href);
    address.searchParams.set('store', to);
    history.replaceState(history.state, '', address);
  } catch (error) {
    failure = error;
  }
  await openStore();
  if (failure !== null) throw failure;
}

/** Removes the store with all that is in it, and opens it anew, empty. */
export async function wipeStore(): Promise<void> {
  const now = session.value;
  if (now.kind !== 'open') return;
  const { persistent } = now.database;
  session.value = { kind: 'opening' };
  try {
    await now.database.close();
    if (persistent) await destroy(storeName.peek());
  } catch (error) {
    session.value = refusal(error as CassetteError);
    return;
  }
  await openStore(!persistent);
}
