import { Worker } from 'node:worker_threads';
import { CassetteError } from '@cassette/bytes';
import type { LoadJob, LoadOutcome } from './load-job.ts';
import { loadRows } from './load-rows.ts';
import type { ThreadMessage } from './load-thread.ts';

/**
 * Runs jobs side by side, one in this thread where there is only one. Rejects with the first error, once all have ended. `onProgress`: bytes of
 * files that were read since the last call.
 */
export async function runJobs(jobs: readonly LoadJob[], onProgress: (bytes: number) => void): Promise<LoadOutcome> {
  if (jobs.length === 1) return loadRows(jobs[0], onProgress);
  const threads: Worker[] = [];
  const end = () => Promise.all(threads.map((thread) => thread.terminate()));
  const results = await Promise.allSettled(
    jobs.map((job) => {
      const thread = new Worker(new URL('./load-thread.js', import.meta.url), { workerData: job });
      threads.push(thread);
      return outcomeOf(thread, onProgress).catch(async (error: unknown) => {
        // What the others do is for nothing now.
        await end();
        throw error;
      });
    }),
  );
  await end();
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  const outcomes = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  return {
    rows: outcomes.reduce((sum, { rows }) => sum + rows, 0),
    stored: outcomes.reduce((sum, { stored }) => sum + stored, 0),
    made: outcomes.flatMap(({ made }) => made),
    refused: outcomes.flatMap(({ refused }) => refused),
  };
}

function outcomeOf(thread: Worker, onProgress: (bytes: number) => void): Promise<LoadOutcome> {
  return new Promise((resolve, reject) => {
    thread.on('message', (message: ThreadMessage) => {
      if (message.kind === 'read') onProgress(message.bytes);
      else if (message.kind === 'done') resolve(message.outcome);
      else reject(new CassetteError(message.code, message.message, message.data));
    });
    thread.once('error', reject);
    thread.once('exit', () => reject(new CassetteError('LOAD_FAILED', 'A thread that loaded rows ended before it was done')));
  });
}
