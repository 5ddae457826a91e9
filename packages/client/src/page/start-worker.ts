import { type Remote, wrap } from 'comlink';
import { WorkerDiedError } from '../errors/client-errors.ts';
import { greeting } from '../wire/protocol.ts';
import { WORKER_NAME } from '../worker/names.ts';
import type { WorkerHost } from '../worker/worker-host.ts';

/** A worker that has greeted. */
export interface StartedWorker {
  readonly worker: Worker;
  readonly host: Remote<WorkerHost>;
  /** The lock that it holds as long as it lives; null where the browser has no locks. */
  readonly alive: string | null;
  /** Rejects with WorkerDiedError; never resolves. */
  readonly failed: Promise<never>;
}

/** How long a worker may take to load its script and greet: far more than any device needs, and an end all the same. */
const greetingWaitMs = 10_000;

/** Where this page found the worker when it was not beside this module: it need not look in vain again. */
let found: string | null = null;

/**
 * Starts the worker beside this module, or the one that lies at `workerUrl`. Rejects with WorkerDiedError, and ends the worker when `signal`
 * says so. Bundlers that know `new Worker(new URL(…))` put its script where it is looked for; for others the chunk of an `import()` is one.
 */
export async function startWorker(workerUrl: string | URL | undefined, signal?: AbortSignal): Promise<StartedWorker> {
  const given = workerUrl ?? found;
  if (given !== null) return meet(startAt(given), new URL(given, location.href).href, signal);
  try {
    return await meet(startBeside, 'worker.js beside the client module, see "Bundlers" in its README.md', signal);
  } catch (error) {
    const url = signal?.aborted ? null : await chunkUrl();
    if (url === null) throw error;
    try {
      const started = await meet(startAt(url), url, signal);
      found = url;
      return started;
    } catch {
      // What kept the first one from starting is what the app can do something about.
      throw error;
    }
  }
}

function startBeside(): Worker {
  // Word for word what bundlers look for: Vite refuses options that are not literals.
  return new Worker(/* @vite-ignore */ new URL(/* @vite-ignore */ './worker.js', import.meta.url), {
    type: 'module',
    name: 'cassette' satisfies typeof WORKER_NAME,
  });
}

function startAt(url: string | URL): () => Worker {
  return () => new Worker(url, { type: 'module', name: WORKER_NAME });
}

/** Where a bundler that splits code has put the worker's chunk; null where it is one file with this module, or was left out. */
async function chunkUrl(): Promise<string | null> {
  try {
    const { url } = await import('../worker/worker-chunk.ts');
    return typeof url === 'string' && url !== import.meta.url ? url : null;
  } catch {
    // Whoever asked has an error already that says more.
    return null;
  }
}

/** Resolves when the worker has greeted. */
async function meet(start: () => Worker, where: string, signal: AbortSignal | undefined): Promise<StartedWorker> {
  let worker: Worker;
  try {
    worker = start();
  } catch (error) {
    throw new WorkerDiedError(`The worker could not start (${where}): ${error}`, { url: where }, error);
  }
  const host = wrap<WorkerHost>(worker);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const failed = new Promise<never>((_, reject) => {
    const fail = (why: string) => reject(new WorkerDiedError(`The worker could not start (${where}): ${why}`, { url: where }));
    timer = setTimeout(
      () => fail(`it did not greet within ${greetingWaitMs / 1000} s; is the script Cassette's worker.js?`),
      greetingWaitMs,
    );
    // A script that a browser refuses or can't find is an event without a message.
    worker.addEventListener(
      'error',
      ({ message }) =>
        fail(message || "its script did not load; see that the address is right and that the page's CSP allows it in worker-src"),
      { once: true },
    );
    signal?.addEventListener('abort', () => fail('it was called off'), { once: true });
    if (signal?.aborted) fail('it was called off');
  });
  // Who races it may have lost interest by the time the worker fails.
  failed.catch(() => undefined);
  const meeting = async () => {
    if ((await host.greet()) === greeting) return host.aliveLock();
    throw new WorkerDiedError(`The worker could not start (${where}): its script is not Cassette's worker.js of this version`, {
      url: where,
    });
  };
  try {
    // From here on the lock tells of its end.
    return { worker, host, alive: await Promise.race([meeting(), failed]), failed };
  } catch (error) {
    worker.terminate();
    if (error instanceof WorkerDiedError) throw error;
    throw new WorkerDiedError(`The worker could not start (${where}): ${error}`, { url: where }, error);
  } finally {
    clearTimeout(timer);
  }
}
