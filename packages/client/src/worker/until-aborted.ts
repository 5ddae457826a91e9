/**
 * Waits for one thing after the other, and for none longer than until the signal. Not by `Promise.race` with one promise for all: that one
 * would keep something of every wait until the end, and of an export's chunks there are thousands.
 */
export function untilAborted(signal: AbortSignal): <T>(promise: Promise<T>) => Promise<T> {
  let refuse: ((reason: unknown) => void) | null = null;
  signal.addEventListener('abort', () => refuse?.(signal.reason));
  return (promise) =>
    new Promise((resolve, reject) => {
      refuse = reject;
      promise.then(resolve, reject);
      if (signal.aborted) reject(signal.reason);
    });
}
