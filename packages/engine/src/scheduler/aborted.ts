import { CassetteError } from '@cassette/bytes';

/**
 * The caller's AbortSignal ended what it was given to; `cause` is the signal's reason. Of a statement: nothing was written, or of
 * `executeMany` only the first `data.rowsWritten` rows. Of an import: nothing is in the store; where its owner died before the cancel, all
 * of it may be.
 */
export class AbortedError extends CassetteError {
  /** `what`: for the message, as 'The export'. */
  constructor(what: string, cause?: unknown, data: Record<string, unknown> = {}) {
    super('ABORTED', `${what} was cancelled`, data, cause);
  }
}

/** Throws {@link AbortedError} where the signal says so. */
export function checkAborted(what: string, signal: AbortSignal | null | undefined): void {
  if (signal?.aborted === true) throw new AbortedError(what, signal.reason);
}
