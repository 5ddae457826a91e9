import { StoreLockedError } from '../errors.ts';
import { nameOf } from './dom-errors.ts';

const firstWaitMs = 8;
const waitMsMax = 250;

/** Resolves after `ms` milliseconds. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/**
 * Runs `action`, again and again while it fails with NoModificationAllowedError: the sync access handle of a tab that has
 * crashed lingers for a moment (Firefox: 8–72 ms). After `patienceMs` it is no crashed tab but a living one: StoreLockedError.
 */
export async function patiently<T>(action: () => Promise<T>, where: string, patienceMs: number): Promise<T> {
  let waited = 0;
  for (let wait = firstWaitMs; ; wait = Math.min(wait * 2, waitMsMax)) {
    try {
      return await action();
    } catch (error) {
      if (nameOf(error) !== 'NoModificationAllowedError') throw error;
      if (waited >= patienceMs) {
        throw new StoreLockedError(
          `${where} is still in use elsewhere after ${patienceMs} ms: another tab or worker has it open`,
          { where, waitedMs: waited },
          error,
        );
      }
    }
    await pause(wait);
    waited += wait;
  }
}
