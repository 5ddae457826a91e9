import { CassetteError, CorruptionError } from '@cassette/bytes';
import { FileNotFoundError } from '@cassette/storage';

/** Whether what opening an SSTable threw says that a file is not what it should be, and not that the storage fails or that code is missing. */
export function isDamage(error: unknown): error is CassetteError {
  return error instanceof CorruptionError || error instanceof FileNotFoundError || isOfSSTable(error);
}

function isOfSSTable(error: unknown): boolean {
  return (
    error instanceof CassetteError &&
    ['MISSING_COMPONENT', 'UNSUPPORTED_COMPRESSOR', 'UNSUPPORTED_VERSION', 'INVALID_REQUEST'].includes(error.code)
  );
}
