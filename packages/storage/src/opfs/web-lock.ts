import { StoreLockedError } from '../errors.ts';
import { domError, nameOf } from './dom-errors.ts';
import { helperLockName, lockAndDatabaseName } from './store-names.ts';

/** A Web Lock that is held until `release`. */
export interface HeldWebLock {
  /** Gives the lock free; resolves when the browser has done so. */
  release(): Promise<void>;
  /** Settles only if the lock is taken away (`steal`) while held. */
  readonly lost: Promise<void>;
}

/**
 * Takes the store's Web Lock, waiting up to `waitMs` in the queue: the lock of a tab that has just crashed or reloaded
 * lingers for a moment, and so may the worker that helped it. Throws StoreLockedError when another tab or worker keeps it.
 */
export async function takeWebLock(store: string, waitMs: number): Promise<HeldWebLock> {
  const lock = await take(store, lockAndDatabaseName(store), waitMs);
  try {
    // Whoever helped the one before must not write any more; who helps us comes later.
    await (await take(store, helperLockName(store), waitMs)).release();
  } catch (error) {
    await lock.release();
    throw error;
  }
  return lock;
}

/** Takes the lock of a worker that helps the one who has the store. Throws StoreLockedError where there is one already. */
export function takeHelperLock(store: string, waitMs: number): Promise<HeldWebLock> {
  return take(store, helperLockName(store), waitMs);
}

async function take(store: string, name: string, waitMs: number): Promise<HeldWebLock> {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), waitMs);
  let done: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    done = resolve;
  });
  let granted: () => void = () => undefined;
  const grant = new Promise<'granted'>((resolve) => {
    granted = () => resolve('granted');
  });
  const request: Promise<'over'> = navigator.locks.request(name, { signal: patience.signal }, async () => {
    clearTimeout(timer);
    granted();
    await finished;
    return 'over' as const;
  });
  try {
    await Promise.race([grant, request]);
  } catch (error) {
    if (nameOf(error) === 'AbortError') throw taken(store);
    throw domError(error, 'lock', name);
  } finally {
    clearTimeout(timer);
  }
  return {
    release: async () => {
      done();
      // A lock that was stolen is free of us as well.
      await Promise.allSettled([request]);
    },
    lost: new Promise((resolve) => {
      request.then(
        () => undefined,
        () => resolve(),
      );
    }),
  };
}

function taken(store: string): StoreLockedError {
  return new StoreLockedError(`The store "${store}" is open in another tab or worker of this site: close it there first`, {
    store,
  });
}
