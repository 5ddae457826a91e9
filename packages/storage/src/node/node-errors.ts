import { CassetteError } from '@cassette/bytes';
import { StorageError, StorageFullError } from '../errors.ts';

/** The `code` of an error of Node's `fs`, or undefined for any other thing. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Turns what `fs` threw into a StorageError: StorageFullError for a full device or quota, else `STORAGE_IO`. Our own errors stay. */
export function nodeError(error: unknown, what: string, path: string): CassetteError {
  if (error instanceof CassetteError) return error;
  const errno = errnoOf(error);
  const data = { path, ...(errno === undefined ? {} : { errno }) };
  if (errno === 'ENOSPC' || errno === 'EDQUOT') {
    return new StorageFullError(`No room left to ${what} ${path} (${errno}): free some space and try again`, data, error);
  }
  const said = error instanceof Error ? error.message : String(error);
  return new StorageError('STORAGE_IO', `Could not ${what} ${path}: ${said}`, data, error);
}

/** Runs `action` and turns what it throws. */
export function guarded<T>(what: string, path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw nodeError(error, what, path);
  }
}
