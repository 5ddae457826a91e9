import { CassetteError } from '@cassette/bytes';

/** The worker that holds the engine is gone: it crashed, was ended, or could not start. Open the store again. */
export class WorkerDiedError extends CassetteError {
  constructor(message: string, data: Record<string, unknown> = {}, cause?: unknown) {
    super('WORKER_DIED', message, data, cause);
  }
}

/** The caller's AbortSignal ended an export. */
export class AbortedError extends CassetteError {
  constructor(what: string, cause?: unknown) {
    super('ABORTED', `${what} was cancelled`, {}, cause);
  }
}
