import { StorageError } from '../errors.ts';

/** Name of the file beside the catalog that has the second copy of the store's wrapped key. */
export const KEY_FILE = 'encryption-key';
/** What it is called while it is written. */
export const NEW_KEY_FILE = 'encryption-key-new';
/** Key of the catalog's record with the store's wrapped key: whoever finds it without having a key can't read the store. */
export const KEY_RECORD = 'encryption';

/** What the records of an encrypted catalog are called: this, and 24 letters that stand for the key. */
export const SEALED_PREFIX = 'sealed/';

/** Whether a catalog's records, as they lie there, are those of an encrypted store. */
export function isEncryptedCatalog(records: ReadonlyMap<string, unknown>): boolean {
  if (records.has(KEY_RECORD)) return true;
  for (const key of records.keys()) if (key.startsWith(SEALED_PREFIX)) return true;
  return false;
}

/** The error for an encrypted store that was opened without a key. Nothing was changed. */
export function missingKey(): StorageError {
  return new StorageError(
    'ENCRYPTION_KEY_MISSING',
    'The store is encrypted: open it with { encryption: { passphrase } } or { encryption: { key } }, in the command line with ' +
      '--passphrase-file or --key-file. Nothing was changed',
  );
}
