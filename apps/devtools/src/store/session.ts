// The store that the page works on, from opening to losing it.

import { type CassetteError, destroy, open, type RemoteDatabase } from '@cassette/client';
import { signal } from '@preact/signals';

/** Where the page stands with its store. */
export type Session =
  | { readonly kind: 'opening' }
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
