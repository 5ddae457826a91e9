// What the engine did from second to second, for plots: differences of what it has counted.

import { type EngineStats, latencyBetween } from '@cassette/client';

/** A moment, and what was done since the one before; null where there is nothing to tell. Rates are per second. */
export interface Sample {
  /** Seconds since 1970. */
  readonly at: number;
  /** Calls that wrote, mutations of them (partitions with their rows), and SELECTs. */
  readonly writes: number | null;
  readonly mutations: number | null;
  readonly reads: number | null;
  /** Milliseconds; null where nothing was written or read. */
  readonly writeP50: number | null;
  readonly writeP99: number | null;
  readonly readP50: number | null;
  readonly readP99: number | null;
  /** Bytes a second. */
  readonly logWritten: number | null;
  readonly flushed: number | null;
  readonly compacted: number | null;
  /** Since the store was opened. */
  readonly writeAmplification: number | null;
  readonly readAmplification: number | null;
  readonly spaceAmplification: number | null;
  /** Bytes at that moment. */
  readonly disk: number | null;
  readonly sstables: number | null;
  readonly log: number | null;
  readonly memory: number | null;
}

/** How many are kept: five minutes, and a little for the edge. */
export const samplesMax = 305;

/** A pause longer than this is a gap. Seconds. */
const gapAfter = 3.5;

const nothing: Omit<Sample, 'at'> = {
  writes: null,
  mutations: null,
  reads: null,
  writeP50: null,
  writeP99: null,
  readP50: null,
  readP99: null,
  logWritten: null,
  flushed: null,
  compacted: null,
  writeAmplification: null,
  readAmplification: null,
  spaceAmplification: null,
  disk: null,
  sstables: null,
  log: null,
  memory: null,
};

/**
 * What was done between two looks at an engine. Another engine, which counts from nought again, has done nothing yet that could be told: its
 * first sample has sizes alone.
 */
export function sampleBetween(earlier: EngineStats | null, later: EngineStats, at: number): Sample {
  const sizes = {
    disk: later.diskBytes,
    sstables: later.tables.reduce((sum, { sstableBytes }) => sum + sstableBytes, 0),
    log: later.walBytes,
    memory: later.memtableBytes,
  };
  const seconds = earlier === null ? 0 : (later.uptime - earlier.uptime) / 1000;
  if (earlier === null || seconds <= 0) return { ...nothing, ...sizes, at };
  const [from, to] = [earlier.counters, later.counters];
  const rate = (key: keyof typeof to) => Math.max(0, to[key] - from[key]) / seconds;
  const writing = latencyBetween(earlier.writeLatency, later.writeLatency);
  const reading = latencyBetween(earlier.reads.latency, later.reads.latency);
  const { amplification } = later;
  return {
    at,
    ...sizes,
    writes: rate('writes'),
    mutations: rate('mutations'),
    reads: Math.max(0, reading.count) / seconds,
    writeP50: writing.count > 0 ? writing.p50 / 1000 : null,
    writeP99: writing.count > 0 ? writing.p99 / 1000 : null,
    readP50: reading.count > 0 ? reading.p50 / 1000 : null,
    readP99: reading.count > 0 ? reading.p99 / 1000 : null,
    logWritten: rate('walBytesWritten'),
    flushed: rate('bytesFlushed'),
    compacted: rate('bytesWrittenByCompactions'),
    writeAmplification: amplification.write || null,
    readAmplification: amplification.read || null,
    spaceAmplification: amplification.space || null,
  };
}

/** Samples with one more; where there was a pause before it, an empty one in between, so that no line crosses what nobody saw. */
export function withSample(samples: readonly Sample[], next: Sample): readonly Sample[] {
  const last = samples.at(-1);
  const gap = last !== undefined && next.at - last.at > gapAfter ? [{ ...nothing, at: last.at + 1 }] : [];
  return [...samples, ...gap, next].slice(-samplesMax);
}
