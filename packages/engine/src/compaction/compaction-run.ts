import type { TableMetadata } from '@cassette/cql';
import {
  Component,
  type EncodingStats,
  hasCompressor,
  NO_DELETION_TIME,
  type SSTableCursor,
  type SSTableReader,
  type Version,
} from '@cassette/sstable';
import type { SSTableRecord } from '../catalog/index.ts';
import { KWayMerger } from '../merge/index.ts';
import { columnsOf, encodingStatsOf } from '../merge/merge-sstables.ts';
import type { CompactionPlan } from '../merge-policy/compaction-plan.ts';
import { EveryTenth } from '../observe/every-tenth.ts';
import { FLUSH_BYTES, flushCompression, type LiveSSTable, SSTableOutput, WRITE_VERSION } from '../sstables/index.ts';
import { removeSSTableFiles } from '../write-engine/discard-sstables.ts';
import type { EngineState, TableState } from '../write-engine/engine-state.ts';
import { ExpectedPartitions } from './expected-partitions.ts';
import { fullyExpired } from './expired-sstables.ts';
import { GarbageSkippingCursor } from './garbage-skipping-cursor.ts';
import { Overlaps } from './overlaps.ts';
import { purgeTimeOf } from './purge-time.ts';
import { PurgingCursor } from './purging-cursor.ts';
import { ShadowSources, tombstoneOptionOf } from './shadow-sources.ts';
import { SplittingCursor } from './splitting-cursor.ts';

/** Bytes of rows between two looks at the clock: less than a millisecond's. */
const STEP_BYTES = 16 * 1024;

const EVERYTHING = { partitions: { range: {} } } as const;

/**
 * One compaction: the inputs merged, purged and written as SSTables that nobody names yet, a slice of time at a time. It reads as
 * it writes and holds no more than a chunk of each input. It may be given up at any time; until its outputs are in the catalog a
 * crash leaves the inputs as they were, and litter. Cassandra: db.compaction.CompactionTask.
 */
export class CompactionRun {
  readonly plan: CompactionPlan;
  readonly table: TableState;
  /** In the order of the plan. */
  readonly inputs: readonly LiveSSTable[];
  /** When it began, on the scheduler's clock. */
  readonly started: number;
  /** Bytes of all components of the inputs that are read: those that hold something still. */
  readonly bytesToRead: number;
  private readonly state: EngineState;
  /** The form of the table that it reads and writes; the table may take another meanwhile. */
  readonly form: TableMetadata;
  private readonly readers: readonly SSTableReader[];
  /** Other SSTables, which are asked what they shadow. */
  private readonly beside: readonly LiveSSTable[];
  /** Of the readers, in their order. */
  private readonly cursors: readonly SSTableCursor[];
  /** Of each of them: how many bytes of files there are to one of uncompressed data. */
  private readonly bytesPerByte: readonly number[];
  private readonly progress: EveryTenth;
  private readonly purging: PurgingCursor;
  private readonly rows: SplittingCursor;
  private readonly encodingStats: EncodingStats;
  private readonly expected: ExpectedPartitions;
  private written: SSTableRecord[] = [];
  private output: SSTableOutput | null = null;
  private isOver = false;
  private isReleased = false;
  /** Of the output that is written, and what earlier ones have brought to that level. */
  private level: number;
  private bytesInLevel = 0;

  /** Keeps the inputs from being removed until `release`. */
  constructor(state: EngineState, table: TableState, plan: CompactionPlan, inputs: readonly LiveSSTable[]) {
    this.state = state;
    this.table = table;
    this.plan = plan;
    this.inputs = inputs;
    this.form = table.table;
    this.started = state.scheduler.now();
    this.level = plan.level;
    const { nowInSeconds, gcBefore } = purgeTimeOf(state.clock.nowInSeconds(), table.table.params.gcGraceSeconds);
    const expired = new Set(fullyExpired(state, table, inputs, gcBefore));
    const read = inputs.filter((one) => !expired.has(one));
    this.bytesToRead = read.reduce((sum, { record }) => sum + record.bytes, 0);
    this.readers = read.map((one) => one.readerOf(this.form) ?? one.reader);
    this.cursors = this.readers.map((reader) => reader.cursor(EVERYTHING));
    this.bytesPerByte = read.map(({ record }, i) => record.bytes / uncompressedSizeOf(record, this.readers[i]));
    this.progress = new EveryTenth(state.scheduler);
    this.encodingStats = encodingStatsOf(this.readers);
    this.expected = new ExpectedPartitions(
      plan,
      read.map(({ record }, i) => ({
        reader: this.readers[i],
        partitions: record.partitions,
        dataBytes: record.components[Component.DATA],
      })),
    );
    const option = tombstoneOptionOf(this.form.params.compaction);
    this.beside = option === 'none' ? [] : table.sstables.filter((one) => !inputs.includes(one));
    for (const sstable of [...inputs, ...this.beside]) sstable.acquire();
    const readersBeside = this.beside.map((one) => one.readerOf(this.form) ?? one.reader);
    const shadows = new ShadowSources(
      this.form,
      readersBeside,
      inputs.map(({ record }) => record),
      option,
    );
    const merger = new KWayMerger(this.form, this.cursors);
    const merged = shadows.isEmpty ? merger : new GarbageSkippingCursor(this.form, merger, shadows, option === 'cell');
    this.purging = new PurgingCursor(merged, { nowInSeconds, gcBefore }, new Overlaps(state, table, inputs));
    this.rows = new SplittingCursor(this.purging, plan.outputShards ?? 1, () => this.isFull());
  }

  /** What was written and is complete, durable except for names. */
  get records(): readonly SSTableRecord[] {
    return this.written;
  }

  /** Rows and markers that came out of the merge so far. */
  get rowsMerged(): number {
    return this.purging.rowsRead;
  }

  /** Of {@link bytesToRead}, how many were read, about. */
  get bytesRead(): number {
    return this.cursors.reduce((sum, { position }, i) => sum + position * this.bytesPerByte[i], 0);
  }

  /** Whether it is time to tell how far it is. */
  isTimeToTell(): boolean {
    return this.progress.isTime();
  }

  /** Whether an input has gone: the table was dropped or truncated, and what was written of it is nobody's. */
  get isVoid(): boolean {
    const { state, table, inputs } = this;
    return state.tables.get(table.id) !== table || inputs.some((input) => !table.sstables.includes(input));
  }

  /**
   * Goes on until `until` on the scheduler's clock, a little at least; true when everything is written. Throws StorageError,
   * CorruptionError for an input that is damaged; then only `abandon` is left.
   */
  async advance(until: number): Promise<boolean> {
    const { scheduler, turns } = this.state;
    for (;;) {
      if (this.output === null) {
        if (this.isOver || !this.rows.hasMore()) {
          this.isOver = true;
          return true;
        }
        this.output = await this.openOutput();
      } else if (this.output.hasGathered(FLUSH_BYTES)) {
        this.output.flushGathered(FLUSH_BYTES);
        return false;
      } else if (this.output.step(STEP_BYTES)) {
        // To make it durable is the longest of all steps: it has a slice of its own.
        if (this.output.hasGathered(FLUSH_BYTES)) return false;
      } else {
        const { output } = this;
        const record = await output.finish(() => turns.next());
        this.output = null;
        if (record !== null) this.written.push(record);
      }
      if (scheduler.now() >= until) return false;
    }
  }

  /** Gives what was written to whoever makes it live: `abandon` does not remove it any more. */
  handOver(): readonly SSTableRecord[] {
    const { written } = this;
    this.written = [];
    return written;
  }

  /** Removes what was written and not handed over, and gives the inputs free. What can't be removed is swept at the next start. */
  async abandon(): Promise<void> {
    const { output } = this;
    this.isOver = true;
    this.output = null;
    this.release();
    await output?.abandon();
    await removeSSTableFiles(this.state, this.handOver());
  }

  /** Gives the inputs free; nothing more is read. */
  release(): void {
    if (this.isReleased) return;
    this.isReleased = true;
    this.rows.close();
    for (const sstable of [...this.inputs, ...this.beside]) sstable.release();
  }

  private openOutput(): Promise<SSTableOutput> {
    const { state, table, form } = this;
    const { statics, regulars } = columnsOf(form, this.readers);
    const { compression } = form.params;
    return SSTableOutput.open({
      storage: state.storage,
      table: form,
      generation: table.nextGeneration++,
      version: versionOf(this.readers),
      encodingStats: this.encodingStats,
      staticColumns: statics,
      regularColumns: regulars,
      expectedPartitions: this.expected.of(this.rows.tokenHi),
      cursor: this.rows,
      level: this.level,
      createdAt: state.clock.nowInSeconds(),
      // Cassandra opens what it wrote before it is finished, which leaves one; a file without is not the same file.
      emptyChunk: 'always',
      compression: hasCompressor(compression.compressor) ? compression : flushCompression(compression),
    });
  }

  /** Whether the output is large enough; asked between partitions. */
  private isFull(): boolean {
    const { outputBytes, levelFanout } = this.plan;
    if (outputBytes === undefined || this.output === null) return false;
    const stored = this.output.storedBytes();
    if (stored <= outputBytes) return false;
    this.bytesInLevel += stored;
    if (levelFanout !== undefined && this.bytesInLevel > levelFanout ** this.level * outputBytes) {
      this.bytesInLevel = 0;
      this.level++;
    }
    return true;
  }
}

function uncompressedSizeOf({ components }: SSTableRecord, { compression }: SSTableReader): number {
  return compression === null ? components[Component.DATA] : compression.dataLength;
}

/** The last second of the store's own version, and how exact the times of a histogram are. */
const NB_LAST_SECOND = 0x7fffffff;
const HISTOGRAM_SECONDS = 60;
/** Bins from which on a histogram merges the nearest ones, so that its last one tells no more of what is the last. */
const HISTOGRAM_BINS = 100;

/** The version that the outputs have: the store's own, unless an SSTable that was imported may have times past 2038, which it can't hold. */
function versionOf(readers: readonly SSTableReader[]): Version {
  return readers.findLast(mayGoPast2038)?.descriptor.version ?? WRITE_VERSION;
}

function mayGoPast2038({ descriptor, stats }: SSTableReader): boolean {
  const { minLocalDeletionTime, maxLocalDeletionTime, tombstoneDropTimes } = stats;
  if (!descriptor.version.hasUIntDeletionTime || minLocalDeletionTime === NO_DELETION_TIME) return false;
  if (maxLocalDeletionTime !== NO_DELETION_TIME) return maxLocalDeletionTime > NB_LAST_SECOND;
  // Something lives for ever: of the rest the histogram tells.
  const { times } = tombstoneDropTimes;
  return times.length >= HISTOGRAM_BINS || (times.at(-1) ?? 0) > NB_LAST_SECOND - HISTOGRAM_SECONDS;
}
