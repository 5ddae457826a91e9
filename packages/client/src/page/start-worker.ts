import { type Remote, wrap } from 'comlink';
import { WorkerDiedError } from '../errors/client-errors.ts';
import { greeting } from '../wire/protocol.ts';
import type { WorkerHost } from '../worker/worker-host.ts';

/** A worker that was started, and what rejects when it turns out not to be one of Cassette's. */
export interface StartedWorker {
  readonly worker: Worker;
  readonly host: Remote<WorkerHost>;
  /** The lock that the worker holds as long as it lives, once it holds it; null where the browser has no locks. */
  readonly alive: Promise<string | null>;
  /** Rejects with WorkerDiedError; never resolves. */
  readonly failed: Promise<never>;
}

/** How long a worker may take to load its script and greet: far more than any device needs, and an end all the same. */
const greetingWaitMs = 10_000;

/** Starts the worker beside this module, or the one that lies at `workerUrl`. */
export function startWorker(workerUrl: string | URL | undefined): StartedWorker {
  const worker =
    workerUrl === undefined
      ? new Worker(/* @vite-ignore */ new URL(/* @vite-ignore */ './worker.js', import.meta.url), {
          type: 'module',
          name: 'cassette',
        })
      : new Worker(workerUrl, { type: 'module', name: 'cassette' });
  const where = workerUrl === undefined ? 'worker.js beside the client module' : new URL(workerUrl, location.href).href;
  const host = wrap<WorkerHost>(worker);
  let tellAlive: (lock: string | null) => void = () => undefined;
  const alive = new Promise<string | null>((resolve) => {
    tellAlive = resolve;
  });
  const failed = new Promise<never>((_, reject) => {
    const fail = (why: string) => {
      clearTimeout(timer);
      reject(new WorkerDiedError(`The worker could not start (${where}): ${why}`, { url: where }));
    };
    const timer = setTimeout(
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
    const meet = async () => {
      if ((await host.greet()) !== greeting) return fail("its script is not Cassette's worker.js of this version");
      // From here on the lock tells of its end.
      tellAlive(await host.aliveLock());
      clearTimeout(timer);
    };
    meet().catch((error: unknown) => fail(String(error)));
  });
  // Who races it may have lost interest by the time the worker fails.
  failed.catch(() => undefined);
  return { worker, host, alive, failed };
}
