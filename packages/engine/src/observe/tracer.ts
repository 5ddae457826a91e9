import { toHex } from '@cassette/bytes';
import type { TableMetadata } from '@cassette/cql';
import type { ChunkCachePool, ReadCommand, SSTableReader, UnfilteredCursor } from '@cassette/sstable';
import type { ReadSource } from '../select/index.ts';
import { ACTIVITIES_MAX } from './join-traces.ts';
import type { SkipReason, Trace, TraceActivity, TraceStep } from './trace.ts';
import { TracedMemtableCursor, TracedSSTableCursor } from './traced-cursor.ts';

const QUERY_LENGTH_MAX = 1000;

/** Where reads go that may be traced. */
interface TraceableSource extends ReadSource {
  read(table: TableMetadata, command: ReadCommand, tracer?: Tracer | null): UnfilteredCursor;
}

/**
 * Writes down what is done for one execution of a statement. Who does it has one at hand, or null where nobody asked: then nothing is
 * measured. Cassandra: tracing.Tracing.
 */
export class Tracer {
  private readonly clock: () => number;
  private readonly started: number;
  private readonly query: string;
  private readonly startedAt: number;
  private readonly activities: TraceActivity[] = [];
  private omitted = 0;

  /** `clock`: milliseconds of a steady clock; `startedAt`: of the wall clock, since 1970. */
  constructor(clock: () => number, query: string, startedAt: number) {
    this.clock = clock;
    this.query = query;
    this.startedAt = startedAt;
    this.started = clock();
  }

  /** Milliseconds of the steady clock. */
  now(): number {
    return this.clock();
  }

  /** Whole microseconds since a moment of {@link now}. */
  since(moment: number): number {
    return microsOf(this.clock() - moment);
  }

  /** Writes down what was done just now. */
  add(step: TraceStep): void {
    if (this.activities.length === ACTIVITIES_MAX) this.omitted++;
    else this.activities.push({ micros: this.since(this.started), ...step });
  }

  /** How many activities are written down. */
  get length(): number {
    return this.activities.length;
  }

  /** Gives others the activities from that one on: what was done for all of them at once. */
  shareWith(others: readonly Tracer[], from: number): void {
    for (const other of others) {
      const earlier = microsOf(this.started - other.started);
      for (const one of this.activities.slice(from)) {
        if (other.activities.length === ACTIVITIES_MAX) other.omitted++;
        else other.activities.push({ ...one, micros: one.micros + earlier });
      }
    }
  }

  /** A read begins. */
  reading(table: TableMetadata, { partitions, slices, reversed }: ReadCommand): void {
    const key = 'keys' in partitions ? partitions.keys.map((one) => toHex(one)).join(', ') : null;
    this.add({ kind: 'read', table: table.toString(), key, slices: slices?.length ?? null, reversed: reversed === true });
  }

  /** An SSTable is passed over. */
  skipped(generation: number, reason: SkipReason): void {
    this.add({ kind: 'sstable-skipped', generation, reason });
  }

  /** The cursor of a memtable, looked at. */
  memtable(cursor: UnfilteredCursor, sealed: boolean): UnfilteredCursor {
    return new TracedMemtableCursor(cursor, this, sealed);
  }

  /** Opens a cursor of an SSTable, looked at; `cache`: where its look-ups find chunks. */
  sstable(reader: SSTableReader, generation: number, cache: ChunkCachePool, command: ReadCommand): UnfilteredCursor {
    return new TracedSSTableCursor(reader, generation, cache, command, this);
  }

  /** A write is acknowledged that was handed to the log at `appended`; what the group took that it was in, in milliseconds. */
  committed(
    group: Readonly<Record<'segment' | 'writes' | 'bytes' | 'write' | 'flush' | 'apply', number>>,
    appended: number,
  ): void {
    const { segment, writes: groupWrites, bytes: groupBytes, write, flush, apply } = group;
    this.add({
      kind: 'committed',
      segment,
      groupWrites,
      groupBytes,
      write: microsOf(write),
      flush: microsOf(flush),
      apply: microsOf(apply),
      spent: this.since(appended),
    });
  }

  /** A source whose reads are written down. */
  source(source: TraceableSource): ReadSource {
    return {
      read: (table, command) => source.read(table, command, this),
      checkOpen: () => source.checkOpen(),
    };
  }

  /** The trace, at the end. */
  finish(): Trace {
    const { query, startedAt, activities, omitted } = this;
    return { query: query.slice(0, QUERY_LENGTH_MAX), startedAt, micros: this.since(this.started), activities, omitted };
  }
}

/** Milliseconds as whole microseconds. */
export function microsOf(milliseconds: number): number {
  return Math.round(milliseconds * 1000);
}
