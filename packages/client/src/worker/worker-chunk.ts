// The worker's script where a bundler does not know `new Worker(new URL(…))`, but splits code: to it this is a chunk that a page may load,
// and as a chunk it has an address. A page that imports it learns that address; a worker that is started from it hosts the engine.

import { MAINTENANCE_PREFIX, WORKER_NAME } from './names.ts';

/** Where this module lies: the script of a worker, if it is a file of its own. Absent where the bundle is no ES module. */
export const url: string | undefined = import.meta.url;

if (isOwnWorker()) {
  // The worker's first messages may come before the engine is there to hear them.
  const early: MessageEvent[] = [];
  const hold = (event: MessageEvent) => {
    event.stopImmediatePropagation();
    early.push(event);
  };
  self.addEventListener('message', hold);
  import('../worker.ts').then(
    () => {
      self.removeEventListener('message', hold);
      for (const { data, ports } of early) self.dispatchEvent(new MessageEvent('message', { data, ports: [...ports] }));
    },
    (error: unknown) => {
      // Whoever has started it hears of what nobody catches, but of no promise that is rejected.
      setTimeout(() => {
        throw error;
      });
    },
  );
}

/** Whether this module is what a worker of ours was started from, and not a part of somebody else's script. */
function isOwnWorker(): boolean {
  if (typeof document !== 'undefined' || typeof self === 'undefined' || self.location?.href !== url) return false;
  return self.name === WORKER_NAME || self.name.startsWith(MAINTENANCE_PREFIX);
}
