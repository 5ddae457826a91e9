import type { FromWorker, MaintenanceStarter, ToWorker } from '@cassette/engine';
import { helperLockName } from '@cassette/storage/browser';
import { MAINTENANCE_PREFIX } from './names.ts';

// The worker that flushes and compacts beside the one that has the engine: a worker of that worker, of the same script, so that wherever an
// app has the one it has the other.

/**
 * Of which build this script is. Its chunk has the engine, and a name with the hash of its content, in which the names of all that it loads are;
 * and bundlers that put it elsewhere name that by its content, or leave its name here. The worker's own script is no such name: the same URL
 * may be another version by the time it is loaded again.
 */
const BUILD = import.meta.url;

/** The store that this worker is to flush and compact for; null in every other worker. */
export function storeToMaintain(): string | null {
  return self.name.startsWith(MAINTENANCE_PREFIX) ? self.name.slice(MAINTENANCE_PREFIX.length) : null;
}

/** Flushes and compacts for the worker that has started this one. */
export function maintain(store: string): void {
  const loaded = import('./serve-maintenance.ts').then(({ serveMaintenance }) => serveMaintenance(store, BUILD));
  loaded.catch(tellStarter);
  self.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
    loaded.then(
      (server) => server.take(data),
      () => undefined,
    );
  });
  self.addEventListener('messageerror', () => tellStarter(new Error('what it was told could not be understood')));
}

/** Whoever started this worker hears of what nobody catches, but of no promise that is rejected. */
function tellStarter(error: unknown): void {
  setTimeout(() => {
    throw error;
  });
}

/** Starts that worker; absent where there are no workers of workers. */
export function maintenanceStarter(store: string): MaintenanceStarter | undefined {
  if (typeof Worker !== 'function') return undefined;
  return (listener) => {
    const worker = new Worker(self.location.href, { type: isModule() ? 'module' : 'classic', name: MAINTENANCE_PREFIX + store });
    const watch = new AbortController();
    worker.addEventListener('error', (event) => {
      // It is ours to deal with, and nobody else's.
      event.preventDefault();
      listener.died(event.message || 'its script did not load');
    });
    worker.addEventListener('messageerror', () => listener.died('what it said could not be understood'));
    worker.addEventListener('message', () => watchLock(store, watch.signal, listener.died), { once: true });
    worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => listener.message(data));
    return {
      build: BUILD,
      post: (message, transfer = []) => worker.postMessage(message, [...transfer]),
      end: () => {
        watch.abort();
        worker.terminate();
      },
    };
  };
}

/** Once it has said something it has its lock, and to get that means that it is gone: nothing else tells of a worker that crashed. */
function watchLock(store: string, signal: AbortSignal, died: (why: string) => void): void {
  if (signal.aborted) return;
  navigator.locks
    .request(helperLockName(store), { signal }, () => died('it ended'))
    .catch((error: unknown) => {
      if (!signal.aborted) died(String(error));
    });
}

/**
 * Whether this worker's script is a module, where `importScripts` is a TypeError; the other one has to be the same. Firefox looks at the type
 * only where there is something to import; what a policy refuses is another error.
 */
function isModule(): boolean {
  try {
    (self as unknown as { importScripts(url: string): void }).importScripts('data:text/javascript,');
    return false;
  } catch (error) {
    return error instanceof TypeError;
  }
}
