// What moves in the picture between two looks at the figures, from the engine's events alone.

import type { EngineEvent, EngineStats } from '@cassette/client';
import { signal } from '@preact/signals';
import { hear, stats } from '../../store/watch.ts';
import { type LogSegment, withEvents } from './log-segments.ts';

/** A flush under way. */
export interface LiveFlush {
  /** Bytes of the memtables that are flushed. */
  readonly bytes: number;
  /** The table that is written now; empty before the first told. */
  readonly table: string;
  /** Of its SSTable, so far. */
  readonly bytesWritten: number;
}

/** A compaction under way. */
export interface LiveCompaction {
  readonly keyspace: string;
  readonly table: string;
  readonly inputs: readonly number[];
  readonly bytes: number;
  readonly bytesRead: number;
}

/** Where something went, for a dot that goes the same way. */
export interface Movement {
  readonly way: 'write' | 'flush' | 'compaction';
  readonly bytes: number;
  /** Of a flush or compaction. */
  readonly keyspace: string;
  readonly table: string;
  readonly inputs: readonly number[];
}

/** Segments of the log that events told of. */
export const segments = signal<readonly LogSegment[]>([]);
/** The flush under way; null for none. */
export const flushing = signal<LiveFlush | null>(null);
/** The compaction under way; null for none. */
export const compacting = signal<LiveCompaction | null>(null);

function flushAfter(now: LiveFlush | null, event: EngineEvent): LiveFlush | null {
  switch (event.type) {
    case 'flush-started':
      return { bytes: event.bytes, table: '', bytesWritten: 0 };
    case 'flush-progress':
      return { bytes: now?.bytes ?? 0, table: `${event.keyspace}.${event.table}`, bytesWritten: event.bytesWritten };
    case 'flush-finished':
    case 'flush-failed':
    case 'recovered':
      return null;
    default:
      return now;
  }
}

function compactionAfter(now: LiveCompaction | null, event: EngineEvent): LiveCompaction | null {
  switch (event.type) {
    case 'compaction-started':
      return { ...pick(event), bytesRead: 0 };
    case 'compaction-progress':
      return { ...pick(event), bytesRead: event.bytesRead };
    case 'compaction-finished':
    case 'compaction-failed':
    case 'compaction-interrupted':
    case 'recovered':
      return null;
    default:
      return now;
  }
}

function pick({ keyspace, table, inputs, bytes }: Omit<LiveCompaction, 'bytesRead'>): Omit<LiveCompaction, 'bytesRead'> {
  return { keyspace, table, inputs, bytes };
}

/** What of events went from one place to another. */
function movementsOf(events: readonly EngineEvent[]): Movement[] {
  const moved: Movement[] = [];
  let written = 0;
  for (const event of events) {
    if (event.type === 'committed') written += event.bytes;
    else if (event.type === 'flush-progress') {
      moved.push({ way: 'flush', bytes: event.bytesWritten, keyspace: event.keyspace, table: event.table, inputs: [] });
    } else if (event.type === 'compaction-progress') {
      const { keyspace, table, inputs, bytesRead } = event;
      moved.push({ way: 'compaction', bytes: bytesRead, keyspace, table, inputs });
    }
  }
  if (written > 0) moved.unshift({ way: 'write', bytes: written, keyspace: '', table: '', inputs: [] });
  return moved;
}

/** Movements of the same way follow each other after so many milliseconds at the earliest; what comes sooner goes along with the next. */
const movementMs = 90;

/** Puts movements together that follow each other closely. */
class Gathering {
  readonly #waiting = new Map<Movement['way'], Movement>();
  readonly #last = new Map<Movement['way'], number>();

  /** Those that go now. */
  after(movements: readonly Movement[], now: number): Movement[] {
    for (const one of movements) {
      // Progress tells how much it is in all, commits how much more.
      const before = one.way === 'write' ? (this.#waiting.get(one.way)?.bytes ?? 0) : 0;
      this.#waiting.set(one.way, { ...one, bytes: one.bytes + before });
    }
    const going: Movement[] = [];
    for (const [way, one] of this.#waiting) {
      if (now - (this.#last.get(way) ?? 0) < movementMs) continue;
      this.#last.set(way, now);
      this.#waiting.delete(way);
      going.push(one);
    }
    return going;
  }
}

/** Takes up what figures tell that no event did: the page came in the middle of it. */
function adopt(now: EngineStats): void {
  const { running } = now.compaction;
  if (running === null) compacting.value = null;
  else if (compacting.peek() === null) compacting.value = { ...pick(running), bytesRead: running.bytesRead };
  const flush = now.flush.running;
  if (flush === null) flushing.value = null;
  else if (flushing.peek() === null) {
    flushing.value = { bytes: flush.memtableBytes, table: `${flush.keyspace}.${flush.table}`, bytesWritten: flush.bytesWritten };
  }
}

/** Follows the engine, a frame of the page at a time; `moved` hears where something went. What is returned ends it. */
export function followEngine(moved: (movements: readonly Movement[]) => void): () => void {
  let waiting: EngineEvent[] = [];
  let frame = 0;
  const gathering = new Gathering();
  const draw = () => {
    frame = 0;
    const events = waiting;
    waiting = [];
    segments.value = withEvents(segments.peek(), events);
    let flush = flushing.peek();
    let compaction = compacting.peek();
    for (const event of events) {
      flush = flushAfter(flush, event);
      compaction = compactionAfter(compaction, event);
    }
    flushing.value = flush;
    compacting.value = compaction;
    moved(gathering.after(movementsOf(events), performance.now()));
  };
  const stopHearing = hear((events) => {
    waiting.push(...events);
    if (frame === 0) frame = requestAnimationFrame(draw);
  });
  const stopWatching = stats.subscribe((now) => {
    if (now !== null && frame === 0) adopt(now);
  });
  return () => {
    stopHearing();
    stopWatching();
    cancelAnimationFrame(frame);
    segments.value = [];
    flushing.value = null;
    compacting.value = null;
  };
}
