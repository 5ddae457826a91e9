import { compareInt64, token, tokenWords } from '@cassette/bytes';
import { BASE_SAMPLING_LEVEL, type StatsMetadata, type TombstoneHistogram } from '@cassette/sstable';
import { keepsDeletions } from '../lineage/coverage.ts';
import type { LiveSSTable } from '../sstables/index.ts';
import type { EngineState, TableState } from '../write-engine/engine-state.ts';
import { fullyExpired, mayShareTokens } from './expired-sstables.ts';
import type { PurgeTime } from './purge-time.ts';

/**
 * Whether so much of an SSTable is tombstones that may be purged, that it is worth compacting alone.
 * Cassandra: AbstractCompactionStrategy#worthDroppingTombstones.
 */
export function isWorthDroppingTombstones(
  state: EngineState,
  table: TableState,
  sstable: LiveSSTable,
  { nowInSeconds, gcBefore }: PurgeTime,
): boolean {
  if (keepsDeletions(state, table.id, sstable)) return false;
  const options = table.table.params.compaction;
  const interval = Number(options['tombstone_compaction_interval'] ?? 86_400);
  // What is only estimated may turn out wrong: after each try it is left alone for a while.
  if (nowInSeconds < (sstable.record.createdAt ?? 0) + interval) return false;
  // Of 32 bits in Cassandra, and so a little more than the text says.
  const threshold = Math.fround(Number(options['tombstone_threshold'] ?? 0.2));
  const ratio = droppableRatio(sstable.reader.stats, gcBefore);
  if (ratio <= threshold) return false;
  if (options['unchecked_tombstone_compaction']?.toLowerCase() === 'true') return true;
  const overlapping = table.sstables.filter((one) => one !== sstable && mayShareTokens(one, sstable));
  if (overlapping.length === 0) return true;
  if (fullyExpired(state, table, [sstable], gcBefore).length > 0) return true;
  return shareOutside(sstable, overlapping) * ratio > threshold;
}

/** Tombstones and expiring cells whose time was before `gcBefore`, by cells; estimated. Cassandra: StatsMetadata. */
export function droppableRatio({ cellsPerPartition, tombstoneDropTimes }: StatsMetadata, gcBefore: number): number {
  const { offsets, counts, count: partitions } = cellsPerPartition;
  // A bucket counts for its upper bound; the last has none, and what is in it can't be told.
  const cells = offsets.reduce((sum, offset, bucket) => sum + offset * counts[bucket], 0);
  const estimated = Math.ceil(cells / partitions) * partitions;
  return estimated > 0 ? sumUntil(tombstoneDropTimes, gcBefore) / estimated : 0;
}

/**
 * About how many of a histogram's things have a time up to `bound`: between two times their number grows evenly.
 * Cassandra: StreamingTombstoneHistogramBuilder.DataHolder#sum.
 */
export function sumUntil({ times, counts }: TombstoneHistogram, bound: number): number {
  let sum = 0;
  for (let i = 0; i < times.length; i++) {
    if (times[i] <= bound) {
      sum += counts[i];
      continue;
    }
    if (i === 0) return 0;
    const before = counts[i - 1];
    const weight = (bound - times[i - 1]) / (times[i] - times[i - 1]);
    const here = before + (counts[i] - before) * weight;
    return sum - before + ((before + here) * weight) / 2 + before / 2;
  }
  return sum;
}

/**
 * Which share of an SSTable's partitions lies where none of the others has any, told from the samples in its summary; 0 where those are too
 * few to tell, more than 1 or less than 0 where few are told for many. Cassandra: BigTableReader#estimatedKeysForRanges.
 */
function shareOutside({ reader, record }: LiveSSTable, others: readonly LiveSSTable[]): number {
  const { summary } = reader;
  if (summary === null || summary.count <= 2) return 0;
  let inside = 0;
  for (let i = 0; i < summary.count; i++) {
    token(summary.key(i));
    const [hi, lo] = tokenWords;
    if (others.some((other) => takesIn(other, hi, lo))) inside++;
  }
  const { minIndexInterval, samplingLevel, sizeAtFullSampling } = summary;
  const within = Math.max(1, Math.trunc((inside * BASE_SAMPLING_LEVEL * minIndexInterval) / samplingLevel));
  return ((sizeAtFullSampling + 1) * minIndexInterval - within) / record.partitions;
}

/** Whether a token is in the range of an SSTable as Cassandra makes it here: without its first token, and of one token alone the whole ring. */
function takesIn({ reader: { firstToken, lastToken } }: LiveSSTable, hi: number, lo: number): boolean {
  if (firstToken.hi === lastToken.hi && firstToken.lo === lastToken.lo) return true;
  return compareInt64(hi, lo, firstToken.hi, firstToken.lo) > 0 && compareInt64(hi, lo, lastToken.hi, lastToken.lo) <= 0;
}
