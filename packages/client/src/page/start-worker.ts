import { type Remote, wrap } from 'comlink';
import { WorkerDiedError } from '../errors/client-errors.ts';
import { greeting } from '../wire/protocol.ts';
import { WORKER_NAME } from '../worker/names.ts';
import type { WorkerHost } from '../worker/worker-host.ts';
import type { ScriptFinding } from './probe-worker.ts';

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

/** After how long the server is asked what the script is. */
const probeAfterMs = 1_000;

const cspAllows = "that the page's CSP allows it in worker-src";

/** Where this page found the worker when it was not beside this module: it need not look in vain again. */
let found: string | null = null;

/**
 * Starts the worker beside this module, or the one that lies at `workerUrl`. Rejects with WorkerDiedError, and ends the worker when `signal`
 * says so. Bundlers that know `new Worker(new URL(…))` put its script where it is looked for; for others the chunk of an `import()` is one.
 */
export async function startWorker(workerUrl: string | URL | undefined, signal?: AbortSignal): Promise<StartedWorker> {
  const given = workerUrl ?? found;
  if (given !== null) return meet(startAt(given), absolute(given), signal);
  try {
    return await meet(startBeside, 'worker.js beside the client module, see "Bundlers" in its README.md', signal, null);
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

/** The address as `new Worker()` takes it: a document may have a base of its own, a worker has none but where it lies. */
function absolute(url: string | URL): string {
  return new URL(url, typeof document === 'undefined' ? location.href : document.baseURI).href;
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

/** Resolves when the worker has greeted. `url`: where its script lies, where that is known. */
async function meet(
  start: () => Worker,
  where: string,
  signal: AbortSignal | undefined,
  url: string | null = where,
): Promise<StartedWorker> {
  let worker: Worker;
  try {
    worker = start();
  } catch (error) {
    throw new WorkerDiedError(`The worker could not start (${where}): ${error}`, { url: where }, error);
  }
  const host = wrap<WorkerHost>(worker);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let probing: ReturnType<typeof setTimeout> | undefined;
  let hasGreeted = false;
  const failed = new Promise<never>((_, reject) => {
    const fail = (why: string) => reject(new WorkerDiedError(`The worker could not start (${where}): ${why}`, { url: where }));
    timer = setTimeout(
      () => fail(`it did not greet within ${greetingWaitMs / 1000} s; is the script Cassette's worker.js?`),
      greetingWaitMs,
    );
    probing = setTimeout(async () => {
      const finding = await probe(url);
      if (finding?.isForeign && !hasGreeted) fail(`its script did not start Cassette: ${finding.trouble}`);
    }, probeAfterMs);
    // A script that a browser refuses or can't find is an event without a message.
    worker.addEventListener(
      'error',
      async ({ message }) => {
        if (message) return fail(message);
        const trouble = (await probe(url))?.trouble;
        fail(`its script did not load; ${trouble ?? `see that the address is right and ${cspAllows}`}`);
      },
      { once: true },
    );
    signal?.addEventListener('abort', () => fail('it was called off'), { once: true });
    if (signal?.aborted) fail('it was called off');
  });
  // Who races it may have lost interest by the time the worker fails.
  failed.catch(() => undefined);
  const meeting = async () => {
    if ((await host.greet()) === greeting) {
      // Whatever the server says of its script from here on.
      hasGreeted = true;
      return host.aliveLock();
    }
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
    clearTimeout(probing);
  }
}

/** What the server says of the script; null where its address is not known, or nothing is to be learnt. */
async function probe(url: string | null): Promise<ScriptFinding | null> {
  if (url === null) return null;
  try {
    return await (await import('./probe-worker.ts')).probeScript(url);
  } catch {
    // Without its code the worker is waited for, and fails as it does.
    return null;
  }
}
