import { ClosedError } from '@cassette/engine';
import type { Remote } from 'comlink';
import { ConnectionLost } from '../tabs/connection.ts';
import type { StoreLink } from '../tabs/store-link.ts';
import type { WorkerHost } from '../worker/worker-host.ts';
import { CallQueue } from './call-queue.ts';

/** The calls of a tab to its store: those under way, which closing waits for, and what those get that come after the end. */
export class StoreCalls {
  readonly link: StoreLink;
  /** For calls of statements. */
  readonly queue: CallQueue;
  /** What calls reject with from now on; null while there is no end. */
  ended: Error | null = null;
  /** Calls under way. */
  private pending = 0;
  /** Called when nothing is under way any more. */
  private idle: () => void = () => undefined;
  private nextId = 1;

  constructor(link: StoreLink) {
    this.link = link;
    this.queue = new CallQueue(link);
  }

  /** A number for what goes on in the worker and is spoken of again. */
  newId(): number {
    return this.nextId++;
  }

  /**
   * A call that does not go through the queue: what is queued goes first. It is given the worker that it goes to, for what the link has by
   * then may be another one, or none. `isRepeatable`: should its owner go, the next one gets it; else it rejects with OwnerLostError.
   */
  ask<T>(call: (host: Remote<WorkerHost>) => Promise<T>, isRepeatable = false): Promise<T> {
    return this.guard(() => {
      this.queue.send();
      return this.link.run(call, isRepeatable);
    });
  }

  /** Runs a call, unless the store is done with. */
  guard<T>(call: () => Promise<T>): Promise<T> {
    return this.ended === null ? this.track(call) : Promise.reject(this.ended);
  }

  /** Runs a call that `close()` waits for. */
  private async track<T>(call: () => Promise<T>): Promise<T> {
    this.pending++;
    try {
      return await call();
    } finally {
      this.pending--;
      if (this.pending === 0) this.idle();
    }
  }

  /** Waits for calls that were made before, and takes leave of the worker. `error`: what later calls get. */
  async close(error: ClosedError): Promise<void> {
    this.ended = error;
    try {
      if (this.pending > 0) {
        await new Promise<void>((resolve) => {
          this.idle = resolve;
        });
      }
      // Where nobody holds the store there is nobody to take leave of.
      const { current } = this.link;
      await current
        ?.run((host) => host.close())
        .catch((failure: unknown) => {
          if (!(failure instanceof ConnectionLost || failure instanceof ClosedError)) throw failure;
        });
    } finally {
      this.link.end(error);
    }
  }
}
