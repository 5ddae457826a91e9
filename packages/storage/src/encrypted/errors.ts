import { StorageError } from '../errors.ts';

/** The error for a passphrase or key that is not the store's. Nothing was changed. */
export function wrongKey(store: string, why: string): StorageError {
  return new StorageError('ENCRYPTION_KEY_WRONG', `The store ${store} can't be opened: ${why}. Nothing was changed`, { store });
}

/** The error for a passphrase or key where the store is not encrypted. Nothing was changed. */
export function plainStore(store: string): StorageError {
  return new StorageError(
    'ENCRYPTION_STORE_PLAIN',
    `The store ${store} is not encrypted and was opened with a key. Open it without { encryption }, or make an encrypted copy of it: ` +
      'copyStore() of the client, or "cassette copy"',
    { store },
  );
}

/** The error for a store whose record of keys is damaged or lost: without it no key opens anything. */
export function lostKeyRecord(store: string): StorageError {
  return new StorageError(
    'ENCRYPTION_RECORD_LOST',
    `The store ${store} is encrypted, and both copies of the record that holds its wrapped key are damaged or missing, in its catalog and ` +
      'in its file encryption-key. Put one back, from a backup of the store for one. Nothing was changed',
    { store },
  );
}

/** The error for what an encrypted store's file can't do: it is written from its start to its end. */
export function appendOnly(file: string, what: string): StorageError {
  return new StorageError('ENCRYPTION_APPEND_ONLY', `Cannot ${what} ${file}: files of an encrypted store are only appended to`, {
    file,
  });
}
