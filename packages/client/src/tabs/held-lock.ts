import type { TabPlatform } from './platform.ts';

/** A Web Lock's name, held until it is let go. */
export interface HeldLock {
  release(): void;
}

/** Takes a lock that nobody else asks for but to learn of our end. */
export function holdLock({ locks }: Pick<TabPlatform, 'locks'>, name: string): Promise<HeldLock> {
  return new Promise((resolve, reject) => {
    locks
      .request(
        name,
        () =>
          new Promise<void>((release) => {
            resolve({ release });
          }),
      )
      .catch(reject);
  });
}

/**
 * Tells of the end of whoever holds a lock: browsers give the locks of what closed, crashed or was ended free at once, so no
 * timeout has to guess. Returns what ends the watch.
 */
export function watchLock({ locks }: Pick<TabPlatform, 'locks'>, name: string, onFree: () => void): () => void {
  const watch = new AbortController();
  locks
    .request(name, { mode: 'shared', signal: watch.signal }, () => {
      if (!watch.signal.aborted) onFree();
    })
    .catch((error: unknown) => {
      // A lock that can't be watched is as good as free: to go on without would be to wait for ever.
      if (!watch.signal.aborted) {
        console.warn(`Cassette: the lock ${name} can't be watched`, error);
        onFree();
      }
    });
  return () => watch.abort();
}
