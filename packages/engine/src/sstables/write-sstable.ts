import type { SSTableRecord } from '../catalog/index.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import { SSTableOutput, type SSTableOutputOptions } from './sstable-output.ts';

/** Bytes of rows between two looks at the clock. */
const STEP_BYTES = 64 * 1024;
/** Bytes of a file from which on they are made durable: those of gigabytes would keep everybody waiting at the end. */
const FLUSH_BYTES = 16 << 20;

/** What to write as one SSTable. */
export interface WriteSSTableJob extends SSTableOutputOptions {
  readonly scheduler: Scheduler;
  readonly sliceMilliseconds: number;
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
  const { scheduler } = job;
  const output = await SSTableOutput.open(job);
  try {
    let sliceEnd = scheduler.now() + job.sliceMilliseconds;
    while (output.step(STEP_BYTES)) {
      output.flushGathered(FLUSH_BYTES);
      if (scheduler.now() < sliceEnd) continue;
      await scheduler.yield();
      if (job.cancelled?.() === true) {
        await output.abandon();
        return null;
      }
      job.onProgress?.(output.position);
      sliceEnd = scheduler.now() + job.sliceMilliseconds;
    }
    return await output.finish();
  } catch (error) {
    await output.abandon();
    throw error;
  }
}
