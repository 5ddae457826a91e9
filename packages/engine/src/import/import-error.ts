import { CassetteError } from '@cassette/bytes';
import { AbortedError } from '../scheduler/index.ts';

/**
 * Why nothing was imported. Codes: BAD_ZIP (`data.entry`), BAD_IMPORT_NAME (`data.entry`), NOTHING_TO_IMPORT, IMPORT_AMBIGUOUS,
 * IMPORT_DAMAGED (`data.sstable`, `data.errors`), SCHEMA_MISMATCH (`data.table`, `data.column`), IMPORT_INVALID for wrong arguments.
 */
export class ImportError extends CassetteError {}

/** Throws CassetteError ABORTED where the signal says so. */
export function checkAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) {
    throw new AbortedError('The import', signal.reason);
  }
}
