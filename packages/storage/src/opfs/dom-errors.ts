import { CassetteError } from '@cassette/bytes';
import { StorageError, StorageFullError } from '../errors.ts';

/** What the engines call a full quota or a full device. */
const fullNames: ReadonlySet<string> = new Set([
  'QuotaExceededError',
  'NS_ERROR_DOM_QUOTA_REACHED',
  'NS_ERROR_FILE_NO_DEVICE_SPACE',
]);

/** The `name` of a DOMException or another error, '' for any other thing. */
export function nameOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'name' in error && typeof error.name === 'string' ? error.name : '';
}

/** Whether the platform says that there is no room. */
export function saysFull(error: unknown): boolean {
  return fullNames.has(nameOf(error));
}

/** What an error says, with its name: browsers' messages alone are often empty. */
export function wordsOf(error: unknown): string {
  const message = error instanceof Error || error instanceof DOMException ? error.message : String(error);
  return [nameOf(error), message].filter((part) => part !== '').join(': ');
}

/** Turns what the browser threw into a StorageError: StorageFullError for a full quota or device, else `STORAGE_IO`. Our own errors stay. */
export function domError(error: unknown, what: string, where: string): CassetteError {
  if (error instanceof CassetteError) return error;
  if (saysFull(error)) return storageFull(what, where, error);
  return new StorageError('STORAGE_IO', `Could not ${what} ${where}: ${wordsOf(error)}`, { where, reason: nameOf(error) }, error);
}

/** The error for a full quota or device. */
export function storageFull(what: string, where: string, cause?: unknown): StorageFullError {
  return new StorageFullError(
    `No room left to ${what} ${where}: the device or this site's quota is full; delete something and try again`,
    { where },
    cause,
  );
}
