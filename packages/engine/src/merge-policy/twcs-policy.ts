import type { CompactionPlan } from './compaction-plan.ts';
import type { CompactionOptions, MergePolicy, PolicyContext, SSTableFacts, SSTableGroup } from './merge-policy.ts';
import { bucketsOf, generationsOf, mostInterestingBucket, type SizeTieredOptions, sizeTieredOptions } from './stcs-policy.ts';

/** Microseconds, as fractions, of the units that timestamps may be said to be in. */
const perMillisecond: Readonly<Record<string, { readonly times: bigint; readonly by: bigint }>> = {
  SECONDS: { times: 1000n, by: 1n },
  MILLISECONDS: { times: 1n, by: 1n },
  MICROSECONDS: { times: 1n, by: 1000n },
  NANOSECONDS: { times: 1n, by: 1_000_000n },
};

const LONG_MAX = 2n ** 63n - 1n;

const secondsPerUnit: Readonly<Record<string, number>> = { MINUTES: 60, HOURS: 3600, DAYS: 86_400 };

/**
 * SSTables belong to the window of time that their newest timestamp is in. In the newest window they are compacted by size, in every older
 * one to one; windows are never mixed, so that what expires together goes together. For rows that are written in the order of
 * time and expire. Cassandra: TimeWindowCompactionStrategy.
 */
export class TWCSPolicy implements MergePolicy {
  private readonly windowSeconds: number;
  private readonly resolution: { readonly times: bigint; readonly by: bigint };
  private readonly expiredCheckSeconds: number;
  private readonly tiered: SizeTieredOptions;
  private readonly dropsTombstones: boolean;
  private lastExpiredCheck = Number.NEGATIVE_INFINITY;
  private newestWindow = 0;

  constructor(options: CompactionOptions) {
    const unit = secondsPerUnit[options['compaction_window_unit'] ?? 'DAYS'];
    this.windowSeconds = unit * Number(options['compaction_window_size'] ?? 1);
    this.resolution = perMillisecond[options['timestamp_resolution'] ?? 'MICROSECONDS'];
    this.expiredCheckSeconds = Number(options['expired_sstable_check_frequency_seconds'] ?? 600);
    this.tiered = sizeTieredOptions(options);
    // Only for those who say so: SSTables of a window go as a whole.
    this.dropsTombstones = ['unchecked_tombstone_compaction', 'tombstone_compaction_interval', 'tombstone_threshold'].some(
      (name) => options[name] !== undefined && options[name] !== 'false',
    );
  }

  next(candidates: readonly SSTableFacts[], context: PolicyContext): CompactionPlan | null {
    let expired: readonly SSTableFacts[] = [];
    if (context.nowInSeconds - this.lastExpiredCheck > this.expiredCheckSeconds) {
      this.lastExpiredCheck = context.nowInSeconds;
      expired = context.fullyExpired(candidates);
    }
    const rest = candidates.filter((sstable) => !expired.includes(sstable));
    const { windows, newest } = this.windowsOf(rest);
    this.newestWindow = Math.max(this.newestWindow, newest);
    const { chosen } = this.choose(windows, this.newestWindow);
    const worn = chosen.length === 0 ? this.worn(rest, context) : [];
    const inputs = generationsOf([...chosen, ...worn, ...expired]);
    if (inputs.length === 0) return null;
    return { kind: chosen.length > 0 ? 'policy' : worn.length > 0 ? 'tombstones' : 'expired', inputs, level: 0 };
  }

  /** All to one, whatever their windows: as nodetool compact does. */
  maximal(candidates: readonly SSTableFacts[]): readonly CompactionPlan[] {
    return candidates.length === 0 ? [] : [{ kind: 'major', inputs: generationsOf(candidates), level: 0 }];
  }

  groups(candidates: readonly SSTableFacts[]): readonly SSTableGroup[] {
    const windows = [...this.windowsOf(candidates).windows].sort(([a], [b]) => a - b);
    return windows.map(([number, window]) => ({ kind: 'window', number, generations: generationsOf(window) }));
  }

  pending(candidates: readonly SSTableFacts[]): number {
    const { windows, newest } = this.windowsOf(candidates);
    return this.choose(windows, Math.max(this.newestWindow, newest)).tasks;
  }

  /** The smallest of those with many droppable tombstones; none where the table does not ask for it. */
  private worn(candidates: readonly SSTableFacts[], context: PolicyContext): readonly SSTableFacts[] {
    if (!this.dropsTombstones) return [];
    const worn = candidates.filter((sstable) => context.isWorthDroppingTombstones(sstable));
    return worn.length === 0 ? [] : [worn.reduce((a, b) => (b.dataBytes < a.dataBytes ? b : a))];
  }

  private windowsOf(sstables: readonly SSTableFacts[]): { windows: Map<number, SSTableFacts[]>; newest: number } {
    const windows = new Map<number, SSTableFacts[]>();
    let newest = 0;
    for (const sstable of sstables) {
      const start = windowStart(sstable.maxTimestamp, this.resolution, this.windowSeconds);
      const window = windows.get(start);
      if (window === undefined) windows.set(start, [sstable]);
      else window.push(sstable);
      newest = Math.max(newest, start);
    }
    return { windows, newest };
  }

  /** The newest window that has something to do. Cassandra: #newestBucket. */
  private choose(
    windows: ReadonlyMap<number, readonly SSTableFacts[]>,
    newest: number,
  ): { chosen: readonly SSTableFacts[]; tasks: number } {
    const { minThreshold, maxThreshold } = this.tiered;
    let chosen: readonly SSTableFacts[] = [];
    let tasks = 0;
    for (const start of [...windows.keys()].sort((a, b) => b - a)) {
      const window = windows.get(start)!;
      let due: readonly SSTableFacts[] = [];
      if (start >= newest) {
        if (window.length >= minThreshold)
          due = mostInterestingBucket(bucketsOf(window, this.tiered), minThreshold, maxThreshold);
      } else if (window.length >= 2) due = [...window].sort((a, b) => a.dataBytes - b.dataBytes).slice(0, maxThreshold);
      if (due.length === 0) continue;
      const remaining = window.length - maxThreshold;
      tasks += 1 + (remaining > minThreshold ? Math.ceil(remaining / maxThreshold) : 0);
      if (chosen.length === 0) chosen = due;
    }
    return { chosen, tasks };
  }
}

/** Where the window of a timestamp begins: milliseconds since the epoch. Cassandra: #getWindowBoundsInMillis. */
export function windowStart(timestamp: bigint, { times, by }: { times: bigint; by: bigint }, windowSeconds: number): number {
  // Both divisions cut towards zero, as Java's do, and what is too large stays as large as can be.
  const milliseconds = (timestamp * times) / by;
  const bounded = milliseconds > LONG_MAX ? LONG_MAX : milliseconds < -LONG_MAX - 1n ? -LONG_MAX - 1n : milliseconds;
  const seconds = Number(bounded / 1000n);
  return (seconds - (seconds % windowSeconds)) * 1000;
}
