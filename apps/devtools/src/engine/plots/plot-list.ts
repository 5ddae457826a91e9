// What is plotted: each a figure over the last five minutes.

import type { Sample } from '../../store/samples.ts';
import { bytes, count, milliseconds } from '../../text/numbers.ts';

/** One line of a plot. */
export interface PlotLine {
  readonly label: string;
  /** A colour of the style sheet. */
  readonly colour: string;
  readonly dashed?: boolean;
  of(sample: Sample): number | null;
}

/** One plot. */
export interface PlotSpec {
  readonly id: string;
  readonly title: string;
  /** What it tells, in a sentence. */
  readonly hint: string;
  readonly lines: readonly PlotLine[];
  /** Logarithmic: from a tenth of a millisecond to seconds. */
  readonly log?: boolean;
  /** Values for people. */
  told(value: number): string;
}

const perSecond = (n: number) => count(n);
const bytesPerSecond = (n: number) => `${bytes(n)}/s`;

/** In the order in which they are shown. */
export const plots: readonly PlotSpec[] = [
  {
    id: 'rates',
    title: 'Writes and reads, per second',
    hint: 'Rows (mutations), calls that wrote them, and SELECTs',
    told: perSecond,
    lines: [
      { label: 'rows', colour: '--plot-1', of: ({ mutations }) => mutations },
      { label: 'writes', colour: '--plot-2', of: ({ writes }) => writes },
      { label: 'reads', colour: '--plot-3', of: ({ reads }) => reads },
    ],
  },
  {
    id: 'latency',
    title: 'Latency',
    hint: 'From handing a call to the engine to its answer, of the calls of each second; scale by tens',
    log: true,
    told: milliseconds,
    lines: [
      { label: 'write p50', colour: '--plot-1', dashed: true, of: ({ writeP50 }) => writeP50 },
      { label: 'write p99', colour: '--plot-1', of: ({ writeP99 }) => writeP99 },
      { label: 'read p50', colour: '--plot-3', dashed: true, of: ({ readP50 }) => readP50 },
      { label: 'read p99', colour: '--plot-3', of: ({ readP99 }) => readP99 },
    ],
  },
  {
    id: 'bytes',
    title: 'Bytes written, per second',
    hint: 'To the log, by flushes of memtables, by compactions',
    told: bytesPerSecond,
    lines: [
      { label: 'log', colour: '--plot-2', of: ({ logWritten }) => logWritten },
      { label: 'flush', colour: '--plot-1', of: ({ flushed }) => flushed },
      { label: 'compaction', colour: '--plot-4', of: ({ compacted }) => compacted },
    ],
  },
  {
    id: 'amplification',
    title: 'Amplification',
    hint: 'Since the store was opened: bytes written for each byte asked for, SSTables that a read goes to, SSTables that a partition is in',
    told: (n) => `× ${n.toFixed(2)}`,
    lines: [
      { label: 'write', colour: '--plot-1', of: ({ writeAmplification }) => writeAmplification },
      { label: 'read', colour: '--plot-3', of: ({ readAmplification }) => readAmplification },
      { label: 'space', colour: '--plot-4', of: ({ spaceAmplification }) => spaceAmplification },
    ],
  },
  {
    id: 'disk',
    title: 'Disk and memory',
    hint: 'What the store takes on disk: in all, of it SSTables and log; and its memtables, in memory',
    told: bytes,
    lines: [
      { label: 'disk', colour: '--plot-5', of: ({ disk }) => disk },
      { label: 'SSTables', colour: '--plot-1', of: ({ sstables }) => sstables },
      { label: 'log', colour: '--plot-2', of: ({ log }) => log },
      { label: 'memtables', colour: '--plot-3', of: ({ memory }) => memory },
    ],
  },
];
