import { HyperLogLogPlus, ReadFigure } from '@cassette/sstable';
import { droppableRatio } from '../compaction/droppable-tombstones.ts';
import { purgeTimeOf } from '../compaction/purge-time.ts';
import type { LiveSSTable } from '../sstables/index.ts';
import { chunkCacheOf } from '../sstables/live-sstable.ts';
import type { WriteAheadLog } from '../wal/index.ts';
import type { EngineState } from '../write-engine/engine-state.ts';
import type { EngineCounters } from '../write-engine/engine-stats.ts';
import type { LatencyStats } from './latency.ts';
import type { SkipReason } from './trace.ts';

// What `stats()` tells beside its counters. All of it is counted as it happens or looked up when somebody asks: nothing is sampled, and
// what is an estimate says so. Sizes in bytes, latencies in microseconds.

/** The write-ahead log. Counted since the store was opened where it is no size. */
export interface WalStats {
  readonly segments: number;
  /** Of all segments; each is needed until the memtables that it belongs to are flushed. */
  readonly bytes: number;
  /** Written to now; -1 for none. */
  readonly currentSegment: number;
  /** Bytes of writes that wait for the next group. */
  readonly pendingBytes: number;
  /** What was acknowledged under Periodic and is not durable yet. */
  readonly unsyncedBytes: number;
  /** Groups, the writes (calls of `apply`) of them that went to the log, and the bytes of records. */
  readonly commits: number;
  readonly writes: number;
  readonly bytesWritten: number;
  /** Calls of flush that went well and that failed. */
  readonly flushes: number;
  readonly flushesFailed: number;
  /** Writes by calls of flush: what group commit saves. 0 before the first. */
  readonly writesPerFlush: number;
  readonly flushLatency: LatencyStats;
}

/** The memtables of all tables that take, or took, writes at one time. */
export interface MemtableStats {
  /** Waits for its flush; the one that is not takes writes. */
  readonly sealed: boolean;
  readonly bytes: number;
  readonly tables: number;
  readonly partitions: number;
  readonly rows: number;
  /** The first segment of the log with its writes. */
  readonly firstSegment: number;
}

/** A flush under way. */
export interface FlushProgress {
  readonly keyspace: string;
  readonly table: string;
  /** Of the memtables that are flushed together. */
  readonly memtableBytes: number;
  /** Tables of them, and those that are done. */
  readonly tables: number;
  readonly tablesDone: number;
  /** So far, of the SSTable that is written: uncompressed, of Data.db. */
  readonly bytesWritten: number;
}

/** Flushes of memtables to SSTables. */
export interface FlushStats {
  readonly running: FlushProgress | null;
  readonly finished: number;
  readonly failed: number;
  readonly bytesWritten: number;
  readonly latency: LatencyStats;
}

/** Reads. Counted since the store was opened. */
export interface ReadStats {
  /** Reads of a partition or of a range of tokens: a SELECT makes one or more of them, a conditional write some. */
  readonly reads: number;
  /** SELECTs, each page for itself. */
  readonly latency: LatencyStats;
  /** How many reads went to so many SSTables; the last number counts those of 32 and more. Without zeros at the end. */
  readonly sstablesPerRead: readonly number[];
  /** SSTables that were passed over, by what told that they have nothing to say. */
  readonly skipped: Readonly<Record<SkipReason, number>>;
  /** Answers of bloom filters. A filter never says of a key that is there that it is not, so there are no false negatives to count. */
  readonly bloomFilter: {
    readonly trueNegatives: number;
    readonly truePositives: number;
    readonly falsePositives: number;
    /** False positives by all keys that are not there; 0 where none was asked for. */
    readonly falseRatio: number;
  };
  /** Decompressed chunks that look-ups found in memory. There is no cache of keys or rows. */
  readonly chunkCache: {
    readonly hits: number;
    readonly misses: number;
    readonly bytes: number;
    readonly capacity: number;
  };
  /** What was read of SSTables, by compactions and exports too: of Data.db as stored, of indexes, and chunks that were decompressed. */
  readonly dataBytesRead: number;
  readonly indexBytesRead: number;
  readonly chunksRead: number;
  readonly bytesDecompressed: number;
}

/** How much more is written, read and kept than was asked for. */
export interface AmplificationStats {
  /** Bytes written to the log, by flushes and by compactions, by bytes of mutations; 0 before the first. */
  readonly write: number;
  /** SSTables that a read goes to, on average; 0 before the first. */
  readonly read: number;
  /** In how many SSTables a partition is, on average, by the estimators in Statistics.db: what one big compaction would bring to 1. 0 for none. */
  readonly space: number;
}

/** What tells of an SSTable beside its size. */
export interface SSTableFigures {
  readonly version: string;
  /** Uncompressed bytes of Data.db, and what Data.db has of that; null where it is not compressed. */
  readonly uncompressedBytes: number;
  readonly compressionRatio: number | null;
  readonly rows: number;
  /** Tombstones and expired cells that gc_grace_seconds lets go, by cells: an estimate. Cassandra: "estimated droppable tombstones". */
  readonly droppableTombstones: number;
  readonly hasPartitionDeletions: boolean;
  /** Tokens of the first and the last partition, as decimal text. */
  readonly firstToken: string;
  readonly lastToken: string;
}

/** Figures of the log. */
export function walFigures(wal: WriteAheadLog): WalStats {
  const { segments, bytes } = wal.footprint;
  const { commits, writes, flushes, flushesFailed, bytesWritten } = wal.counters;
  return {
    segments,
    bytes,
    currentSegment: wal.segment,
    pendingBytes: wal.pendingBytes,
    unsyncedBytes: wal.unsyncedBytes,
    commits,
    writes,
    bytesWritten,
    flushes,
    flushesFailed,
    writesPerFlush: ratio(writes, flushes),
    flushLatency: wal.flushLatency.stats(),
  };
}

/** Memtables, those first that are flushed first. */
export function memtableFigures({ sealed, active }: EngineState): MemtableStats[] {
  return [...sealed, active].map((set) => {
    let partitions = 0;
    let rows = 0;
    for (const [, memtable] of set.entries) {
      partitions += memtable.partitionCount;
      rows += memtable.rowCount;
    }
    const { bytes, size: tables, firstSegment } = set;
    return { sealed: set !== active, bytes, tables, partitions, rows, firstSegment };
  });
}

/** Figures of flushes. */
export function flushFigures({ flushing, counters, tally }: EngineState): FlushStats {
  const { flushes: finished, flushesFailed: failed, bytesFlushed: bytesWritten } = counters;
  return { running: flushing, finished, failed, bytesWritten, latency: tally.flushes.stats() };
}

/** Figures of reads. */
export function readFigures(state: EngineState): ReadStats {
  const { tally, counters, storage } = state;
  const sums = tally.retired.slice();
  for (const { sstables } of state.tables.values()) for (const sstable of sstables) sstable.addFigures(sums);
  const { hits, misses, bytesHeld: bytes, capacity } = chunkCacheOf(storage);
  const falsePositives = sums[ReadFigure.FALSE_POSITIVES];
  const trueNegatives = sums[ReadFigure.FILTERED];
  const perRead = Array.from(tally.sstablesPerRead);
  return {
    reads: counters.reads,
    latency: tally.selects.stats(),
    sstablesPerRead: perRead.slice(0, perRead.findLastIndex((count) => count > 0) + 1),
    skipped: { ...tally.skipped },
    bloomFilter: {
      trueNegatives,
      truePositives: sums[ReadFigure.TRUE_POSITIVES],
      falsePositives,
      falseRatio: ratio(falsePositives, falsePositives + trueNegatives),
    },
    chunkCache: { hits, misses, bytes, capacity },
    dataBytesRead: sums[ReadFigure.DATA_BYTES],
    indexBytesRead: sums[ReadFigure.INDEX_BYTES],
    chunksRead: sums[ReadFigure.CHUNKS],
    bytesDecompressed: sums[ReadFigure.CHUNK_BYTES],
  };
}

/** What is done beside what was asked for. */
export function amplification(state: EngineState, counters: EngineCounters): AmplificationStats {
  const { sstablesPerRead } = state.tally;
  let sstablesRead = 0;
  for (let count = 0; count < sstablesPerRead.length; count++) sstablesRead += count * sstablesPerRead[count];
  let partitions = 0;
  let distinct = 0;
  for (const { sstables } of state.tables.values()) {
    for (const { record } of sstables) partitions += record.partitions;
    distinct += distinctPartitions(sstables);
  }
  const written = counters.walBytesWritten + counters.bytesFlushed + counters.bytesWrittenByCompactions;
  return {
    write: ratio(written, counters.mutationBytes),
    read: ratio(
      sstablesRead,
      sstablesPerRead.reduce((sum, count) => sum + count, 0),
    ),
    space: distinct === 0 ? 0 : Math.max(1, partitions / distinct),
  };
}

/** Figures of one SSTable. */
export function sstableFigures(state: EngineState, { record, reader }: LiveSSTable, gcGraceSeconds: number): SSTableFigures {
  const { stats, compression, firstToken, lastToken } = reader;
  const { gcBefore } = purgeTimeOf(state.clock.nowInSeconds(), gcGraceSeconds);
  const stored = record.components['Data.db'];
  const uncompressedBytes = compression === null ? stored : compression.dataLength;
  return {
    version: record.version,
    uncompressedBytes,
    compressionRatio: compression === null ? null : ratio(stored, uncompressedBytes),
    rows: stats.totalRows,
    droppableTombstones: droppableRatio(stats, gcBefore),
    hasPartitionDeletions: stats.hasPartitionLevelDeletions,
    firstToken: tokenText(firstToken),
    lastToken: tokenText(lastToken),
  };
}

/** Estimates are made once: the SSTables of a table are replaced as a whole. */
const distinctBySSTables = new WeakMap<readonly LiveSSTable[], number>();

function distinctPartitions(sstables: readonly LiveSSTable[]): number {
  if (sstables.length < 2) return sstables[0]?.record.partitions ?? 0;
  let distinct = distinctBySSTables.get(sstables);
  if (distinct === undefined) {
    distinct = HyperLogLogPlus.union(sstables.map(({ reader }) => reader.statistics.compaction.cardinality)).cardinality();
    distinctBySSTables.set(sstables, distinct);
  }
  return distinct;
}

function tokenText({ hi, lo }: { readonly hi: number; readonly lo: number }): string {
  return String((BigInt(hi) << 32n) | BigInt(lo >>> 0));
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
