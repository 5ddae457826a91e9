import type { Component } from '@cassette/sstable';
import { factsOf } from '../compaction/compaction-choice.ts';
import type { CompactionStats } from '../compaction/compaction-stats.ts';
import type { Compactor } from '../compaction/compactor.ts';
import type { MaintenanceStats } from '../maintenance/maintenance-thread.ts';
import { type CompactionKind, hasPolicy, mergePolicyOf, type SSTableGroup } from '../merge-policy/index.ts';
import {
  type AmplificationStats,
  amplification,
  type FlushStats,
  flushFigures,
  type MemtableStats,
  memtableFigures,
  type ReadStats,
  readFigures,
  type SSTableFigures,
  sstableFigures,
  type WalStats,
  walFigures,
} from '../observe/figures.ts';
import type { LatencyStats } from '../observe/latency.ts';
import { descriptorOf, type LiveSSTable, sstableFileName } from '../sstables/index.ts';
import type { WriteAheadLog } from '../wal/index.ts';
import type { EngineState, TableState } from './engine-state.ts';

/** One SSTable as it is now. Sizes in bytes. */
export interface SSTableStats extends SSTableFigures {
  readonly generation: number;
  readonly level: number;
  readonly partitions: number;
  readonly bytes: number;
  readonly components: readonly { readonly name: string; readonly file: string; readonly bytes: number }[];
  /** Microseconds. */
  readonly minTimestamp: bigint;
  readonly maxTimestamp: bigint;
}

/** One table as it is now. */
export interface TableStats {
  readonly keyspace: string;
  readonly table: string;
  readonly id: string;
  readonly memtableBytes: number;
  readonly memtablePartitions: number;
  readonly memtableRows: number;
  readonly sstables: readonly SSTableStats[];
  /** Those that wait for code that could not be loaded; `part` is what is missing. */
  readonly unopened: readonly { readonly generation: number; readonly bytes: number; readonly part: string }[];
  /** Its SSTables as its compaction strategy looks at them: by tier, level or window. None before the first look for what to compact, in a page. */
  readonly groups: readonly SSTableGroup[];
  /** Bytes of all components of its SSTables. */
  readonly sstableBytes: number;
}

/** What the engine holds and has done since it was opened. Sizes in bytes. */
export interface EngineStats {
  readonly memtableBytes: number;
  /** Of that, what is sealed and waits for its flush. */
  readonly sealedMemtableBytes: number;
  /** At so many bytes of memtables that take writes they are sealed and flushed: what the store was opened with. */
  readonly memtableFlushThreshold: number;
  readonly walBytes: number;
  readonly walSegments: number;
  /** Of the WAL, what was acknowledged under Periodic and is not durable yet. */
  readonly walUnsyncedBytes: number;
  /**
   * The sizes of all files of the store: SSTables, WAL segments, the feed of changes, what was set aside, the catalog, an encrypted store's
   * key; not what a flush, compaction, import or export is writing at the moment, nor the lock that a store in a directory of the file system
   * has while it is open. As they lie there: those of an encrypted store are larger than their content, which is what `SSTableStats.bytes`
   * tells.
   */
  readonly diskBytes: number;
  /** Of that, files that were set aside because they are damaged, and SSTables that can't be opened, or not yet. */
  readonly asideBytes: number;
  readonly tables: readonly TableStats[];
  readonly compaction: CompactionActivity;
  /** Of the worker that flushes and compacts; null where the engine has none. */
  readonly maintenance: MaintenanceStats | null;
  readonly counters: EngineCounters;
  /** Milliseconds since the store was opened, by a steady clock: differences of it and of counters are rates. */
  readonly uptime: number;
  readonly wal: WalStats;
  /** Those first that are flushed first; the last one takes writes. */
  readonly memtables: readonly MemtableStats[];
  readonly flush: FlushStats;
  readonly reads: ReadStats;
  /** Of writes that were acknowledged, from handing them over on: those that wait for room in memtables included. */
  readonly writeLatency: LatencyStats;
  readonly amplification: AmplificationStats;
}

/** What compaction does now and did lately. */
export interface CompactionActivity {
  /** The one under way; null where there is none. */
  readonly running: {
    readonly keyspace: string;
    readonly table: string;
    readonly kind: CompactionKind;
    /** Generations. */
    readonly inputs: readonly number[];
    /** Bytes that it reads. */
    readonly bytes: number;
    /** Of these, read so far, about. */
    readonly bytesRead: number;
    /** Rows and range tombstone markers merged so far. */
    readonly rowsMerged: number;
    /** Milliseconds since it began. */
    readonly milliseconds: number;
  } | null;
  /** Compactions that the tables' policies ask for, the one under way included; an estimate. */
  readonly pending: number;
  /** The last that came to their end, oldest first. */
  readonly history: readonly CompactionStats[];
}

/** Counted since the engine was opened. */
export interface EngineCounters {
  /** Calls of `apply` that resolved. */
  writes: number;
  mutations: number;
  mutationBytes: number;
  /** Writes that were refused or failed. */
  writesFailed: number;
  reads: number;
  /** WAL: groups committed, and calls of flush. */
  walCommits: number;
  walFlushes: number;
  /** Calls of flush that failed; see the event `wal-flush-failed`. */
  walFlushesFailed: number;
  walBytesWritten: number;
  flushes: number;
  flushesFailed: number;
  bytesFlushed: number;
  compactions: number;
  /** Compactions that were given up for an error; they are tried again. */
  compactionsFailed: number;
  /** Bytes of SSTables that compactions read and wrote. */
  bytesCompacted: number;
  bytesWrittenByCompactions: number;
}

/** Collects the stats of an engine. */
export function statsOf(state: EngineState, wal: WriteAheadLog, compactor: Compactor): EngineStats {
  const tables = [...state.tables.values()].map((table) => tableStats(state, table));
  const { segments, bytes } = wal.footprint;
  let sstableBytes = 0;
  for (const { sstables } of state.tables.values()) for (const { physicalSize } of sstables) sstableBytes += physicalSize;
  const { commits, flushes, flushesFailed, bytesWritten } = wal.counters;
  const counters = {
    ...state.counters,
    walCommits: commits,
    walFlushes: flushes,
    walFlushesFailed: flushesFailed,
    walBytesWritten: bytesWritten,
  };
  return {
    memtableBytes: state.memtableBytes,
    sealedMemtableBytes: state.sealedBytes,
    memtableFlushThreshold: state.config.memtableFlushThreshold,
    walBytes: bytes,
    walSegments: segments,
    walUnsyncedBytes: wal.unsyncedBytes,
    diskBytes: bytes + sstableBytes + state.changeLog.bytes + state.asideBytes + (state.storage.ownBytes ?? 0),
    asideBytes: state.asideBytes,
    tables,
    compaction: activityOf(compactor, state.scheduler.now()),
    maintenance: state.maintenance?.stats() ?? null,
    counters,
    uptime: state.scheduler.now() - state.openedAt,
    wal: walFigures(wal),
    memtables: memtableFigures(state),
    flush: flushFigures(state),
    reads: readFigures(state),
    writeLatency: state.tally.writes.stats(),
    amplification: amplification(state, counters),
  };
}

function activityOf({ current, pending, history }: Compactor, now: number): CompactionActivity {
  if (current === null) return { running: null, pending, history: [...history] };
  const { keyspace, name } = current.table.table;
  const { plan, bytesToRead: bytes, bytesRead, rowsMerged, started } = current;
  const { kind, inputs } = plan;
  const running = { keyspace, table: name, kind, inputs, bytes, bytesRead, rowsMerged, milliseconds: now - started };
  return { running, pending, history: [...history] };
}

function tableStats(state: EngineState, { id, table, sstables, meanFlush }: TableState): TableStats {
  const { compaction } = table.params;
  let memtableBytes = 0;
  let memtablePartitions = 0;
  let memtableRows = 0;
  for (const set of [...state.sealed, state.active]) {
    const memtable = set.get(id);
    if (memtable === undefined) continue;
    memtableBytes += memtable.bytes;
    memtablePartitions += memtable.partitionCount;
    memtableRows += memtable.rowCount;
  }
  return {
    keyspace: table.keyspace,
    table: table.name,
    id: table.id.toString(),
    memtableBytes,
    memtablePartitions,
    memtableRows,
    sstables: sstables.map((sstable) => sstableStats(state, sstable, table.params.gcGraceSeconds)),
    unopened: unopenedOf(state, id),
    groups: hasPolicy(compaction) ? mergePolicyOf(compaction).groups(sstables.map(factsOf), meanFlush) : [],
    sstableBytes: sstables.reduce((sum, { record }) => sum + record.bytes, 0),
  };
}

function unopenedOf({ unopened }: EngineState, id: string): TableStats['unopened'] {
  const waiting = unopened.get(id);
  if (waiting === undefined) return [];
  return waiting.records.map(({ generation, bytes }) => ({ generation, bytes, part: waiting.part.name }));
}

function sstableStats(state: EngineState, sstable: LiveSSTable, gcGraceSeconds: number): SSTableStats {
  const { record } = sstable;
  const { generation, level, partitions, bytes, minTimestamp, maxTimestamp } = record;
  const descriptor = descriptorOf(record);
  const components = Object.entries(record.components).map(([name, size]) => ({
    name,
    file: sstableFileName(record.tableId, descriptor, name as Component),
    bytes: size,
  }));
  const figures = sstableFigures(state, sstable, gcGraceSeconds);
  return { generation, level, partitions, bytes, components, minTimestamp, maxTimestamp, ...figures };
}
