import { StorageError } from '../errors.ts';

/** Name of the file beside the catalog that has the second copy of the store's wrapped key. */
export const KEY_FILE = 'encryption-key';
/** Key of the catalog's record with the store's wrapped key: whoever finds it without having a key can't read the store. */
export const KEY_RECORD = 'encryption';

/** The error for an encrypted store that was opened without a key. Nothing was changed. */
export function missingKey(): StorageError {
  return new StorageError(
    'ENCRYPTION_KEY_MISSING',
    'The store is encrypted: open it with { encryption: { passphrase } } or { encryption: { key } }, in the command line with ' +
      '--passphrase-file or --key-file. Nothing was changed',
  );
}
