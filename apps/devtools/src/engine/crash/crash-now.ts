// A crash on purpose, of the worker that holds the store, and what is there afterwards.

import type { RecoveryReport, RemoteDatabase } from '@cassette/client';
import { signal } from '@preact/signals';
import { opening, stats } from '../../store/watch.ts';
import type { Comparison } from '../load/acknowledged.ts';
import { loadOf } from '../load/load-run.ts';

/** What was going on when the worker was killed. Sizes in bytes. */
export interface Before {
  /** Whose worker it was. */
  readonly owner: 'this tab' | 'another tab';
  readonly memtableBytes: number;
  readonly memtableRows: number;
  readonly logSegments: number;
  readonly logBytes: number;
  readonly flush: string | null;
  readonly compaction: string | null;
  /** Rows that the load generator had been told of, and had sent without an answer. */
  readonly acknowledged: number;
  readonly underWay: number;
  /** Whether writes were acknowledged before they were durable. */
  readonly durability: 'sync' | 'periodic' | 'disabled' | null;
}

/** How far the story is. */
export type CrashStory =
  | { readonly step: 'dead'; readonly before: Before }
  | {
      readonly step: 'recovered';
      readonly before: Before;
      readonly report: RecoveryReport;
      readonly milliseconds: number;
      readonly rowsRead: number;
    }
  | {
      readonly step: 'checked';
      readonly before: Before;
      readonly report: RecoveryReport;
      readonly milliseconds: number;
      /** Null where the load generator had written nothing. */
      readonly comparison: Comparison | null;
    }
  | { readonly step: 'failed'; readonly before: Before; readonly message: string };

/** The last crash on this page; null before the first. */
export const story = signal<CrashStory | null>(null);

const recoveryWaitMs = 30_000;

function beforeOf(database: RemoteDatabase): Before {
  const now = stats.peek();
  const load = loadOf(database);
  const { rows, underWay } = load.now;
  const flush = now?.flush.running ?? null;
  const compaction = now?.compaction.running ?? null;
  return {
    owner: database.role === 'client' ? 'another tab' : 'this tab',
    memtableBytes: now?.memtableBytes ?? 0,
    memtableRows: now?.tables.reduce((sum, { memtableRows }) => sum + memtableRows, 0) ?? 0,
    logSegments: now?.walSegments ?? 0,
    logBytes: now?.walBytes ?? 0,
    flush: flush === null ? null : `${flush.keyspace}.${flush.table}`,
    compaction: compaction === null ? null : `${compaction.keyspace}.${compaction.table}`,
    acknowledged: rows,
    underWay,
    durability: load.durability,
  };
}

/** The report of an opening after that one. */
function nextOpening(number: number): Promise<RecoveryReport> {
  return new Promise((resolve, reject) => {
    let stop: () => void = () => undefined;
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`nobody has opened the store within ${recoveryWaitMs / 1000} seconds`));
    }, recoveryWaitMs);
    let isFound = false;
    stop = opening.subscribe((now) => {
      if (now === null || now.number <= number || isFound) return;
      isFound = true;
      clearTimeout(timer);
      resolve(now.report);
      // It calls back before it has returned what ends it.
      queueMicrotask(() => stop());
    });
  });
}

/** Kills the worker, waits until the store is open again, and looks whether all that was acknowledged is there. */
export async function crashNow(database: RemoteDatabase): Promise<void> {
  const load = loadOf(database);
  const before = beforeOf(database);
  const next = nextOpening(opening.peek()?.number ?? 0);
  // Of one that does not come the story tells.
  next.catch(() => undefined);
  const killed = performance.now();
  story.value = { step: 'dead', before };
  try {
    await database.crashWorker();
    const stopping = load.stop();
    const report = await next;
    const milliseconds = performance.now() - killed;
    story.value = { step: 'recovered', before, report, milliseconds, rowsRead: 0 };
    await stopping;
    await load.settled();
    const told = (rowsRead: number) => {
      story.value = { step: 'recovered', before, report, milliseconds, rowsRead };
    };
    const comparison = load.hasWritten ? await load.compare(told) : null;
    story.value = { step: 'checked', before, report, milliseconds, comparison };
  } catch (error) {
    console.error('The crash did not go as it should', error);
    story.value = { step: 'failed', before, message: String((error as Error).message ?? error) };
  }
}
