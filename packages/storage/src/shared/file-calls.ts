import { assert } from '@cassette/bytes';
import { StorageError } from '../errors.ts';

/** A position or size must be a non-negative safe integer; anything else is a bug of the caller. */
export function checkPosition(value: number, what: 'position' | 'size'): void {
  assert(Number.isSafeInteger(value) && value >= 0, `a file's ${what} must be a non-negative integer, not ${value}`);
}

/** The error of every call on a file after its `close`. */
export function fileClosed(name: string): StorageError {
  return new StorageError('FILE_CLOSED', `File ${name} was closed`, { file: name });
}

/**
 * The error of every `flush` after one that failed. The platform may have dropped the unwritten bytes and would answer the
 * next flush with success although they are gone (Linux does), so the file cannot be trusted until it is opened again.
 */
export function flushFailedBefore(name: string, cause: unknown): StorageError {
  return new StorageError(
    'FLUSH_FAILED',
    `An earlier flush of ${name} failed, what was written since the one before may be lost: write it to another file`,
    { file: name },
    cause,
  );
}
