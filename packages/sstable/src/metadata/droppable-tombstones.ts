import type { EstimatedHistogram, TombstoneHistogram } from '../statistics/index.ts';
import type { Version } from '../version/index.ts';

// The last second of versions of 31 bits.
const LAST_SECOND = 0x7ffffffe;

/**
 * A histogram as Cassandra takes it from the file: before oa what is no time of 31 bits counts as the last one.
 * Cassandra: TombstoneHistogram.LegacyHistogramSerializer.
 */
export function readableHistogram(histogram: TombstoneHistogram, { hasUIntDeletionTime }: Version): TombstoneHistogram {
  if (hasUIntDeletionTime || histogram.times.every((time) => time >= 0 && time <= LAST_SECOND)) return histogram;
  const counts = new Map<number, number>();
  histogram.times.forEach((time, i) => {
    const readable = time < 0 ? LAST_SECOND : Math.min(time, LAST_SECOND);
    counts.set(readable, (counts.get(readable) ?? 0) + histogram.counts[i]);
  });
  const bins = [...counts].sort(([a], [b]) => a - b);
  return { times: Float64Array.from(bins, ([time]) => time), counts: Float64Array.from(bins, ([, count]) => count) };
}

/**
 * The share of cells that are tombstones of before `gcBefore` (seconds), by the histograms; null where the histogram of cells can't tell.
 * Cassandra: StatsMetadata#getEstimatedDroppableTombstoneRatio.
 */
export function droppableRatio(
  cellsPerPartition: EstimatedHistogram,
  dropTimes: TombstoneHistogram,
  gcBefore: number,
): number | null {
  const cells = meanOf(cellsPerPartition);
  if (cells === null) return null;
  const estimated = cells * cellsPerPartition.count;
  return estimated > 0 ? countUntil(dropTimes, gcBefore) / estimated : 0;
}

// Rounded up, by the upper ends of the buckets; null where the last bucket, which has no end, is not empty.
function meanOf({ offsets, counts }: EstimatedHistogram): number | null {
  if (counts[offsets.length] > 0) return null;
  let elements = 0;
  let sum = 0;
  for (let i = 0; i < offsets.length; i++) {
    elements += counts[i];
    sum += counts[i] * offsets[i];
  }
  return elements === 0 ? 0 : Math.ceil(sum / elements);
}

// Between two bins the count is taken to change evenly. Cassandra: StreamingTombstoneHistogramBuilder.DataHolder#sum.
function countUntil({ times, counts }: TombstoneHistogram, time: number): number {
  let sum = 0;
  for (let i = 0; i < times.length; i++) {
    if (times[i] <= time) {
      sum += counts[i];
      continue;
    }
    if (i === 0) return 0;
    const before = counts[i - 1];
    const weight = (time - times[i - 1]) / (times[i] - times[i - 1]);
    const at = before + (counts[i] - before) * weight;
    return sum - before + ((before + at) * weight) / 2 + before / 2;
  }
  return sum;
}
