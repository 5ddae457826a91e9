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
import type { StorageFiles } from '@cassette/storage';
import type { SSTableRecord } from '../catalog/index.ts';
import { KWayMerger, PASSED_MAX } from '../merge/index.ts';
import { columnsOf, encodingStatsOf } from '../merge/merge-sstables.ts';
import { SplittingCursor } from '../merge/splitting-cursor.ts';
import type { CompactionPlan } from '../merge-policy/compaction-plan.ts';
import { flushCompression, SSTableOutput, WRITE_VERSION } from '../sstables/index.ts';
import { ExpectedPartitions } from './expected-partitions.ts';
import { overlappingTombstones } from './overlapping-tombstones-part.ts';
import type { PurgeTime } from './purge-time.ts';
import { type PartitionPurge, PurgingCursor } from './purging-cursor.ts';
import { tombstoneOptionOf } from './tombstone-option.ts';

/** Bytes of rows between two looks at the clock: less than a millisecond's. */
const STEP_BYTES = 16 * 1024;

const EVERYTHING = { partitions: { range: {} } } as const;

/** The same with cells as they are stored, where nobody between the SSTables and the writer looks at them but the merger, which knows. */
const EVERYTHING_AS_STORED = { partitions: { range: {} }, asStored: true } as const;

/** Of a plan, what matters to whoever carries it out. */
export type MergeShape = Pick<CompactionPlan, 'level' | 'levelFanout' | 'outputBytes' | 'outputShards'>;

/** An SSTable that is read. */
export interface MergeInput {
  readonly record: SSTableRecord;
  /** As the form of the table that is written. */
  readonly reader: SSTableReader;
}

/** What to merge, and with what. */
export interface MergeJobOptions {
  readonly storage: StorageFiles;
  /** The form of the table that is written. */
  readonly form: TableMetadata;
  readonly shape: MergeShape;
  readonly inputs: readonly MergeInput[];
  /** Other SSTables, which are asked what they shadow; of no use where the table's options don't want that. */
  readonly beside: readonly SSTableReader[];
  readonly time: PurgeTime;
  /** What may be purged. */
  readonly purge: PartitionPurge;
  /** What records of outputs say of when they were written: seconds since the epoch. */
  readonly createdAt: () => number;
  /** The generation of the next output. */
  readonly nextGeneration: () => number | Promise<number>;
  /** Milliseconds of a steady clock. */
  readonly now: () => number;
  /** Lets others have their turn, between two files. */
  readonly pause: () => Promise<unknown>;
  /** Bytes of a file after which it is flushed. */
  readonly flushBytes: number;
}

/**
 * The merge of a compaction: SSTables read, purged and written as others that nobody names yet, a slice of time at a time, on whatever thread
 * it is. It reads as it writes and holds no more than a chunk of each input. Cassandra: db.compaction.CompactionIterator.
 */
export class MergeJob {
  private readonly options: MergeJobOptions;
  private readonly readers: readonly SSTableReader[];
  /** Of the readers, in their order. */
  private readonly cursors: readonly SSTableCursor[];
  /** Of each of them: how many bytes of files there are to one of uncompressed data. */
  private readonly bytesPerByte: readonly number[];
  private readonly purging: PurgingCursor;
  private readonly rows: SplittingCursor;
  private readonly encodingStats: EncodingStats;
  private readonly expected: ExpectedPartitions;
  private written: SSTableRecord[] = [];
  private output: SSTableOutput | null = null;
  private isOver = false;
  /** Of the output that is written, and what earlier ones have brought to that level. */
  private level: number;
  private bytesInLevel = 0;

  /** Throws PartNotLoadedError, before anything is opened, where what others shadow is to be left out. */
  constructor(options: MergeJobOptions) {
    this.options = options;
    const { form, inputs, shape, beside } = options;
    const option = tombstoneOptionOf(form.params.compaction);
    const skipping = option === 'none' || beside.length === 0 ? null : overlappingTombstones.module;
    this.level = shape.level;
    this.readers = inputs.map(({ reader }) => reader);
    const command = skipping === null && !form.isCounter ? EVERYTHING_AS_STORED : EVERYTHING;
    this.cursors = this.readers.map((reader) => reader.cursor(command));
    this.bytesPerByte = inputs.map(({ record, reader }) => record.bytes / uncompressedSizeOf(record, reader));
    this.encodingStats = encodingStatsOf(this.readers);
    this.expected = new ExpectedPartitions(
      shape,
      inputs.map(({ record, reader }) => ({
        reader,
        partitions: record.partitions,
        dataBytes: record.components[Component.DATA],
      })),
    );
    const merger = new KWayMerger(form, this.cursors, { passedMax: PASSED_MAX });
    const records = inputs.map(({ record }) => record);
    const merged = skipping === null ? merger : skipping.withoutGarbage(form, merger, beside, records, option);
    this.purging = new PurgingCursor(merged, options.time, options.purge);
    this.rows = new SplittingCursor(this.purging, shape.outputShards ?? 1, () => this.isFull());
  }

  /** What was written and is complete, durable except for names. */
  get records(): readonly SSTableRecord[] {
    return this.written;
  }

  /** Rows and markers that came out of the merge so far. */
  get rowsMerged(): number {
    return this.purging.rowsRead;
  }

  /** Bytes of the inputs' files that were read, about. */
  get bytesRead(): number {
    return this.cursors.reduce((sum, { position }, i) => sum + position * this.bytesPerByte[i], 0);
  }

  /**
   * Goes on until `until` on the clock, a little at least; true when everything is written. Throws StorageError, CorruptionError for an
   * input that is damaged; then only `abandon` is left.
   */
  async advance(until: number): Promise<boolean> {
    const { now, pause, flushBytes } = this.options;
    for (;;) {
      if (this.output === null) {
        if (this.isOver || !this.rows.hasMore()) {
          this.isOver = true;
          return true;
        }
        this.output = await this.openOutput();
      } else if (this.output.hasGathered(flushBytes)) {
        this.output.flushGathered(flushBytes);
        return false;
      } else if (this.output.step(STEP_BYTES)) {
        // To make it durable is the longest of all steps: it has a slice of its own.
        if (this.output.hasGathered(flushBytes)) return false;
      } else {
        const { output } = this;
        const record = await output.finish(pause);
        this.output = null;
        if (record !== null) this.written.push(record);
      }
      if (now() >= until) return false;
    }
  }

  /** Gives what was written to whoever makes it live, or removes it. */
  handOver(): readonly SSTableRecord[] {
    const { written } = this;
    this.written = [];
    return written;
  }

  /** Nothing more is read. */
  close(): void {
    this.isOver = true;
    this.rows.close();
  }

  /** Closes and removes what is written at the moment; what is complete is in {@link records}. */
  async abandon(): Promise<void> {
    const { output } = this;
    this.output = null;
    this.close();
    await output?.abandon();
  }

  private async openOutput(): Promise<SSTableOutput> {
    const { storage, form, nextGeneration, createdAt } = this.options;
    const { statics, regulars } = columnsOf(form, this.readers);
    const { compression } = form.params;
    return SSTableOutput.open({
      storage,
      table: form,
      generation: await nextGeneration(),
      version: versionOf(this.readers),
      encodingStats: this.encodingStats,
      staticColumns: statics,
      regularColumns: regulars,
      expectedPartitions: this.expected.of(this.rows.tokenHi),
      cursor: this.rows,
      level: this.level,
      createdAt: createdAt(),
      // Cassandra opens what it wrote before it is finished, which leaves one; a file without is not the same file.
      emptyChunk: 'always',
      compression: hasCompressor(compression.compressor) ? compression : flushCompression(compression),
    });
  }

  /** Whether the output is large enough; asked between partitions. */
  private isFull(): boolean {
    const { outputBytes, levelFanout } = this.options.shape;
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
