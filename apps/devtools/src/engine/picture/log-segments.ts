// The segments of the write-ahead log, put together from events and figures: the engine tells how many there are and what they hold
// together, and of each commit where it went.

import type { EngineEvent, EngineStats } from '@cassette/client';

/** One segment as far as the page knows it. */
export interface LogSegment {
  readonly number: number;
  /** Bytes of commits that the page heard of; null for one that was written before it listened. */
  readonly bytes: number | null;
  /**
   * `filling` takes commits; `sealed` waits until its memtables are SSTables; `spare` was made in advance; `retired` is not needed any more
   * and just went.
   */
  readonly state: 'filling' | 'sealed' | 'spare' | 'retired';
  /** When it was retired, in milliseconds since 1970. */
  readonly retiredAt: number;
}

/** For how long one that is gone is still shown, as going. Milliseconds. */
export const retiredShownMs = 2500;

/** What was known, and what events tell. Those that begin anew (`recovered`) forget what was known. */
export function withEvents(known: readonly LogSegment[], events: readonly EngineEvent[]): readonly LogSegment[] {
  const all = new Map(known.map((one) => [one.number, one]));
  const change = (number: number, changes: Partial<LogSegment>) => {
    const found = all.get(number) ?? { number, bytes: null, state: 'sealed' as const, retiredAt: 0 };
    all.set(number, { ...found, ...changes });
  };
  const fill = (number: number, bytes: number) => {
    for (const one of all.values()) if (one.state === 'filling' && one.number < number) change(one.number, { state: 'sealed' });
    const found = all.get(number);
    // One that was written before the page listened: how full it is stays unknown.
    const before = found === undefined ? null : found.bytes;
    change(number, { state: 'filling', bytes: before === null ? null : before + bytes });
  };
  for (const event of events) {
    switch (event.type) {
      case 'recovered':
        all.clear();
        // What was replayed is needed until it is flushed.
        for (const { file, bytes } of event.report.segments) {
          const number = Number(/(\d+)\.log$/.exec(file)?.[1]);
          if (Number.isSafeInteger(number)) change(number, { bytes });
        }
        break;
      case 'committed':
        fill(event.segment, event.bytes);
        break;
      case 'wal-segment-created':
        change(event.segment, { state: 'spare', bytes: 0 });
        break;
      case 'memtables-sealed':
        fill(event.segment, 0);
        break;
      case 'wal-segment-retired':
        change(event.segment, { state: 'retired', retiredAt: event.at });
        break;
    }
  }
  return [...all.values()].sort((a, b) => a.number - b.number);
}

/**
 * The segments to show at a time: those of the figures, where the page heard of no others, and those that went a moment ago. How much is in
 * segments that are older than the page's knowledge is what the sum leaves for them.
 */
export function segmentsAt(known: readonly LogSegment[], stats: EngineStats | null, now: number): readonly LogSegment[] {
  const shown = known.filter((one) => one.state !== 'retired' || now - one.retiredAt < retiredShownMs);
  if (stats === null) return shown;
  const { currentSegment, segments } = stats.wal;
  // Older ones than any memtable needs are gone, whether or not the page heard of it.
  const oldest = Math.min(currentSegment, ...stats.memtables.map(({ firstSegment }) => firstSegment).filter((one) => one >= 0));
  const isNeeded = (one: LogSegment) => one.state !== 'sealed' || one.number >= oldest;
  const all = new Map(shown.filter(isNeeded).map((one) => [one.number, one]));
  const unknown = (number: number, state: LogSegment['state']): LogSegment => ({ number, bytes: null, state, retiredAt: 0 });
  if (currentSegment >= 0 && !all.has(currentSegment)) all.set(currentSegment, unknown(currentSegment, 'filling'));
  const isLive = (one: LogSegment) => one.state === 'filling' || one.state === 'sealed';
  for (const { firstSegment } of stats.memtables) {
    if (firstSegment >= 0 && firstSegment < currentSegment && !all.has(firstSegment))
      all.set(firstSegment, unknown(firstSegment, 'sealed'));
  }
  const live = [...all.values()].filter(isLive);
  const told = live.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
  const without = live.filter(({ bytes }) => bytes === null);
  const share = without.length === 0 ? 0 : Math.max(0, stats.wal.bytes - told) / Math.max(1, Math.min(without.length, segments));
  for (const one of without) all.set(one.number, { ...one, bytes: share });
  return [...all.values()].sort((a, b) => a.number - b.number);
}
