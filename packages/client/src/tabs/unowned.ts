import { StoreLockedError } from '@cassette/storage/browser';
import { ownerLock } from '../wire/tab-messages.ts';
import type { TabPlatform } from './platform.ts';

/** How long a tab that is on its way out may keep a store. Milliseconds. */
const waitMs = 1500;

/**
 * Runs something that nobody may have these stores open for, neither as owner nor in the queue to be the next one: between two
 * owners the files are free, but the store is not. Rejects with StoreLockedError where somebody has. Without locks (`platform` null) it
 * runs at once.
 */
export async function unowned<T>(platform: TabPlatform | null, stores: readonly string[], run: () => Promise<T>): Promise<T> {
  const [store, ...others] = [...new Set(stores)].sort();
  if (platform === null || store === undefined) return run();
  const patience = new AbortController();
  const cancel = platform.later(() => patience.abort(), waitMs);
  let result: { value: T } | null = null;
  try {
    await platform.locks.request(ownerLock(store), { signal: patience.signal }, async () => {
      cancel();
      result = { value: await unowned(platform, others, run) };
    });
  } catch (error) {
    if (!patience.signal.aborted) throw error;
    throw new StoreLockedError(`The store "${store}" is open in another tab or worker of this site: close it there first`, {
      store,
    });
  } finally {
    cancel();
  }
  return (result as unknown as { value: T }).value;
}
