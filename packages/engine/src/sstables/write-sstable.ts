import type { SSTableRecord } from '../catalog/index.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import { SSTableOutput, type SSTableOutputOptions } from './sstable-output.ts';

/** Bytes of rows between two looks at the clock: less than a millisecond's. */
const STEP_BYTES = 16 * 1024;

/** Bytes of a file after which it is flushed: a large one at its end would keep everybody waiting, who writes or reads. */
export const FLUSH_BYTES = 256 * 1024;

/** What to write as one SSTable. */
export interface WriteSSTableJob extends SSTableOutputOptions {
  readonly scheduler: Pick<Scheduler, 'yield' | 'now'>;
  readonly sliceMilliseconds: number;
  /** Waits for the next slice and resolves with its end, on the scheduler's clock; default: a slice follows a turn of others. */
  readonly nextSlice?: () => Promise<number>;
  /** Bytes of a file after which it is flushed; default {@link FLUSH_BYTES}. */
  readonly flushBytes?: number;
  /** Asked between slices: true gives up, and the result is null. */
  readonly cancelled?: () => boolean;
  /** Told between slices: bytes of Data.db so far, uncompressed. */
  readonly onProgress?: (bytes: number) => void;
}

/**
 * Writes what a cursor gives as an SSTable, in slices of time. When it resolves the files are durable except for their names
 * (`Storage.sync`), closed, and named by nobody: a crash now leaves litter. Null where there was nothing to write. Throws
 * StorageError, and UnwritableDeletionError where the version can't hold a deletion; the files are removed then.
 */
export async function writeSSTable(job: WriteSSTableJob): Promise<SSTableRecord | null> {
  const { scheduler, flushBytes = FLUSH_BYTES } = job;
  const nextSlice =
    job.nextSlice ??
    (async () => {
      await scheduler.yield();
      return scheduler.now() + job.sliceMilliseconds;
    });
  const output = await SSTableOutput.open(job);
  try {
    let sliceEnd = await nextSlice();
    while (output.step(STEP_BYTES)) {
      const hasGathered = output.hasGathered(flushBytes);
      if (scheduler.now() < sliceEnd && !hasGathered) continue;
      sliceEnd = await nextSlice();
      if (job.cancelled?.() === true) {
        await output.abandon();
        return null;
      }
      job.onProgress?.(output.position);
      if (!hasGathered) continue;
      // Has a slice of its own: it is the longest of all steps.
      output.flushGathered(flushBytes);
      sliceEnd = await nextSlice();
    }
    return await output.finish(nextSlice);
  } catch (error) {
    await output.abandon();
    throw error;
  }
}
