import { CassetteError } from '@cassette/bytes';

export { AbortedError } from '@cassette/engine';

/** The worker that holds the engine is gone: it crashed, was ended, or could not start. Open the store again. */
export class WorkerDiedError extends CassetteError {
  constructor(message: string, data: Record<string, unknown> = {}, cause?: unknown) {
    super('WORKER_DIED', message, data, cause);
  }
}

/**
 * The tab that owned the store went while a call was under way that must not be sent twice (a counter, a condition, `now()`,
 * an element of a list, TRUNCATE, an export, an import of a stream): whether it was carried out is unknown. Look, and call again if need
 * be. Where it closed the store in order under an export or an import of a stream, that was not carried out, and the message says so.
 */
export class OwnerLostError extends CassetteError {
  constructor(message: string, data: Record<string, unknown> = {}, cause?: unknown) {
    super('OWNER_LOST', message, data, cause);
  }
}

/** No tab answers that could hold the store, and this context (a shared or service worker) can't do it itself. */
export class NoOwnerError extends CassetteError {
  constructor(message: string, data: Record<string, unknown> = {}) {
    super('NO_OWNER', message, data);
  }
}

/** What was asked for takes a worker, and this context (a shared or service worker) can't start one. Nothing was done. */
export class NoWorkerError extends CassetteError {
  constructor(call: string) {
    super(
      'NO_WORKER',
      `${call} needs a worker that a shared or service worker can't start: call it in a page (a window or a frame) or in a dedicated worker of this site`,
      { call },
    );
  }
}

/** Two tabs run versions of Cassette that do not understand each other: reload the older one. */
export class ProtocolMismatchError extends CassetteError {
  constructor(store: string, own: number, owner: number) {
    super(
      'PROTOCOL_MISMATCH',
      `The store '${store}' is held by a tab with ${owner > own ? 'a newer' : 'an older'} version of this app's Cassette (protocol ${owner}, here ${own}): reload ${owner > own ? 'this page' : 'the other tabs'}`,
      { store, own, owner },
    );
  }
}
