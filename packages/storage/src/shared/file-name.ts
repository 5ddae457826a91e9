import { StorageError } from '../errors.ts';

/** Names that a storage keeps for itself: no file of the store may be called so, wherever it lies. */
export const reservedNames: ReadonlySet<string> = new Set(['lock', 'lock.takeover', 'catalog', 'catalog.tmp']);

/** What every platform takes as a flat name; letters of both cases are fine, but names that differ in case only are not safe. */
const allowed = /^[A-Za-z0-9_+-][A-Za-z0-9._+-]{0,199}$/;

/**
 * Throws `INVALID_FILE_NAME` unless `name` can name a file of a store: 1–200 of `A–Z a–z 0–9 . _ + -`, no dot in front, none
 * of the reserved names. Checked at every door, for names may come out of an imported zip.
 */
export function checkFileName(name: string): void {
  if (!allowed.test(name)) {
    throw new StorageError(
      'INVALID_FILE_NAME',
      `${JSON.stringify(name)} cannot name a file of a store: use 1 to 200 of A-Z a-z 0-9 . _ + -, with no dot in front`,
      { file: name },
    );
  }
  if (reservedNames.has(name)) {
    throw new StorageError('INVALID_FILE_NAME', `The name ${name} is kept for the storage itself`, { file: name });
  }
}
