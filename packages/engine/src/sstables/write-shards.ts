import type { SSTableRecord } from '../catalog/index.ts';
import { SplittingCursor } from '../merge/splitting-cursor.ts';
import { filesOf } from './sstable-files.ts';
import { type WriteSSTableJob, writeSSTable } from './write-sstable.ts';

/** What to write as SSTables that follow one another on the ring. */
export interface WriteShardsJob extends WriteSSTableJob {
  /** Into how many equal parts of the ring they are split. */
  readonly shards: number;
  /** The generation of each but the first. */
  readonly nextGeneration: () => number | Promise<number>;
}

/**
 * Writes what a cursor gives as SSTables, each of the partitions in one part of the ring; see `writeSSTable`. None where there was nothing to
 * write. Null where it was cancelled: then nothing is left, as after an error. Cassandra: db.compaction.unified.ShardedMultiWriter.
 */
export async function writeShards(job: WriteShardsJob): Promise<SSTableRecord[] | null> {
  const { shards, onProgress } = job;
  const cursor = new SplittingCursor(job.cursor, shards, () => false);
  const expectedPartitions = Math.floor(job.expectedPartitions / shards);
  const records: SSTableRecord[] = [];
  let generation: number | null = job.generation;
  let before = 0;
  try {
    while (cursor.hasMore()) {
      generation ??= await job.nextGeneration();
      let here = 0;
      const progress = (bytes: number) => {
        here = bytes;
        onProgress?.(before + bytes);
      };
      const record = await writeSSTable({ ...job, cursor, generation, expectedPartitions, onProgress: progress });
      before += here;
      if (record !== null) {
        records.push(record);
        generation = null;
      } else if (job.cancelled?.() === true) {
        await remove(job, records);
        return null;
      }
    }
  } catch (error) {
    await remove(job, records);
    throw error;
  }
  return records;
}

/** What can't be removed is swept at the next start. */
async function remove({ storage }: WriteShardsJob, records: readonly SSTableRecord[]): Promise<void> {
  for (const record of records) for (const name of filesOf(record)) await storage.remove(name).catch(() => undefined);
}
