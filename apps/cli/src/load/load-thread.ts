// A thread that loads a part of the rows: one of several, each with a store of its own.

import { parentPort, workerData } from 'node:worker_threads';
import { CassetteError } from '@cassette/bytes';
import type { LoadJob, LoadOutcome } from './load-job.ts';
import { loadRows } from './load-rows.ts';

/** What a thread tells. */
export type ThreadMessage =
  | { readonly kind: 'read'; readonly bytes: number }
  | { readonly kind: 'done'; readonly outcome: LoadOutcome }
  | {
      readonly kind: 'failed';
      readonly code: string;
      readonly message: string;
      readonly data: Readonly<Record<string, unknown>>;
    };

const tell = (message: ThreadMessage) => parentPort?.postMessage(message);

try {
  const outcome = await loadRows(workerData as LoadJob, (bytes) => tell({ kind: 'read', bytes }));
  tell({ kind: 'done', outcome });
} catch (error) {
  if (!(error instanceof CassetteError)) throw error;
  tell({ kind: 'failed', code: error.code, message: error.message, data: error.data });
}
