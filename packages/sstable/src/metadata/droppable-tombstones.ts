import type { EstimatedHistogram, StatsMetadata, TombstoneHistogram } from '../statistics/index.ts';

/**
 * The share of cells that are tombstones of before `gcBefore` (seconds), by the histograms; null where the histogram of cells can't tell.
 * Cassandra: StatsMetadata#getEstimatedDroppableTombstoneRatio.
 */
export function droppableRatio({ cellsPerPartition, tombstoneDropTimes }: StatsMetadata, gcBefore: number): number | null {
  const cells = meanOf(cellsPerPartition);
  if (cells === null) return null;
  const estimated = cells * cellsPerPartition.count;
  return estimated > 0 ? countUntil(tombstoneDropTimes, gcBefore) / estimated : 0;
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
