import { AbortedError } from './aborted.ts';

/**
 * Waits for something that can't be ended, and no longer than until the signal: it goes on by itself then, and `late` gets what comes of it.
 * Rejects with AbortedError, and with what the promise rejects with. `what`: for the message, as 'The export'.
 */
export function untilAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
  what: string,
  late: (result: T) => void = () => undefined,
): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise<T>((resolve, reject) => {
    let isOver = false;
    const end = () => {
      isOver = true;
      signal.removeEventListener('abort', abort);
    };
    const abort = () => {
      end();
      reject(new AbortedError(what, signal.reason));
    };
    promise.then(
      (result) => {
        if (isOver) return late(result);
        end();
        resolve(result);
      },
      (error: unknown) => {
        if (isOver) return;
        end();
        reject(error);
      },
    );
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort);
  });
}
