import { assert, ByteWriter } from '@cassette/bytes';
import { type Storage, StorageFullError } from '@cassette/storage';
import type { Durability } from '../config/durability.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import { segmentName } from './wal-format.ts';
import { WalSegment } from './wal-segment.ts';

/** What a log needs of its engine. */
export interface WalHost {
  /** The last timestamp issued, in microseconds: goes with every record. */
  lastTimestamp(): number;
  /** Takes mutations that are written, in the order of the log: now they may be seen. `bytes` are the log's own. */
  apply(bytes: Uint8Array, from: number, to: number): void;
  /** A group was written (and flushed, where that is asked for); its writers are told after this. */
  committed(writes: number, bytes: number, segment: number): void;
  /** A group was refused to its writers. */
  failed(writes: number, error: unknown): void;
  segmentCreated(segment: number): void;
  segmentRetired(segment: number): void;
}

/** What a log is opened with. */
export interface WalOptions {
  readonly storage: Storage;
  readonly scheduler: Scheduler;
  readonly durability: Durability;
  readonly random: () => number;
  readonly host: WalHost;
  /** Number of the first segment to write. */
  readonly firstSegment: number;
}

/** A write that waits for its group to be committed. */
interface Waiting {
  /** Its record in the batch. */
  readonly from: number;
  readonly to: number;
  readonly payloadFrom: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The log that every write goes to before anyone is told that it is done. Group commit: what is appended while a commit is
 * pending shares one write and one flush. A write becomes visible after it is in the file and before its promise resolves,
 * all in one turn: under SyncEachWrite nobody ever reads what a crash could take, as in Cassandra's batch mode; under Periodic
 * one may, as in its periodic mode.
 *
 * Crash points: before the flush, the group is not acknowledged and may be there in part, each record whole or not at all;
 * after it, it is there.
 */
export class WriteAheadLog {
  private readonly options: WalOptions;
  private readonly batch = new ByteWriter(64 * 1024);
  private waiting: Waiting[] = [];
  private scheduled = false;
  private replacing = false;
  private current: WalSegment | null = null;
  private spare: WalSegment | null = null;
  private making: Promise<void> | null = null;
  private nextNumber: number;
  private readonly sealed = new Map<number, number>();
  private cancelTimer: (() => void) | null = null;
  private closed = false;
  /** Counted since it was opened. */
  readonly counters = { commits: 0, flushes: 0, bytesWritten: 0 };

  private constructor(options: WalOptions) {
    this.options = options;
    this.nextNumber = options.firstSegment;
  }

  /**
   * Opens a log with its first segment. `existing` are the segments that were replayed and are still needed, and their sizes.
   * Where there is no room for a segment it opens without one, for what is there can be read all the same: the next write
   * tries again. Throws StorageError.
   */
  static async open(options: WalOptions, existing: ReadonlyMap<number, number>): Promise<WriteAheadLog> {
    const log = new WriteAheadLog(options);
    for (const [number, size] of existing) log.sealed.set(number, size);
    try {
      await log.prepare();
      log.switchSegment();
    } catch (error) {
      if (!(error instanceof StorageFullError)) throw error;
    }
    return log;
  }

  /** Bytes that wait to be committed. */
  get pendingBytes(): number {
    return this.batch.length;
  }

  /** Number of the segment that is written to, -1 while there is none; without a WAL, of the memtables that are. */
  get segment(): number {
    return this.current?.number ?? (this.isDisabled ? this.nextNumber - 1 : -1);
  }

  /** Whether there is a file of that segment, durably. */
  has(segment: number): boolean {
    return this.sealed.has(segment) || this.current?.number === segment || this.spare?.number === segment;
  }

  /** Size of the segment that is written to, in bytes. */
  get segmentBytes(): number {
    return this.current?.size ?? 0;
  }

  /** Segments there are, and their bytes together. */
  get footprint(): { readonly segments: number; readonly bytes: number } {
    let bytes = 0;
    let segments = this.sealed.size;
    for (const size of this.sealed.values()) bytes += size;
    for (const segment of [this.current, this.spare]) {
      if (segment === null) continue;
      segments++;
      bytes += segment.size;
    }
    return { segments, bytes };
  }

  /**
   * Appends mutations as one record: copied, so that `bytes` is the caller's again at once. Resolves when they are as durable
   * as was asked for and can be read; rejects with the StorageError that kept them out.
   */
  append(bytes: Uint8Array): Promise<void> {
    assert(!this.closed, 'nothing is appended to a closed log');
    return new Promise((resolve, reject) => {
      const from = WalSegment.beginRecord(this.batch);
      const payloadFrom = this.batch.length;
      this.batch.bytes(bytes);
      this.waiting.push({ from, to: this.batch.length, payloadFrom, resolve, reject });
      this.schedule();
    });
  }

  /** Resolves when all that was appended before has been committed or refused. */
  async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      this.schedule();
      await this.options.scheduler.yield();
    }
  }

  /** Whether the next segment is there. */
  get isPrepared(): boolean {
    return this.spare !== null || this.isDisabled;
  }

  /** Makes sure that the next segment is there. Throws StorageError. */
  async prepare(): Promise<void> {
    if (this.spare !== null || this.isDisabled) return;
    this.making ??= this.makeSpare();
    await this.making;
  }

  /**
   * Goes over to the segment that `prepare` made and returns its number. What is in the batch goes to the new one. In the same
   * turn the memtables must be changed too: a segment belongs to one set of memtables.
   */
  switchSegment(): number {
    if (this.isDisabled) return this.nextNumber++;
    assert(this.spare !== null, 'the next segment was prepared');
    const old = this.current;
    this.current = this.spare;
    this.spare = null;
    if (old !== null) this.seal(old);
    return this.current.number;
  }

  /** Removes the segments before that number: what they hold is in SSTables that the catalog names. */
  async retire(before: number): Promise<void> {
    for (const number of [...this.sealed.keys()]) {
      if (number >= before) continue;
      await this.options.storage.remove(segmentName(number));
      this.sealed.delete(number);
      this.options.host.segmentRetired(number);
    }
  }

  /** Commits what waits and closes the files. */
  async close(): Promise<void> {
    await this.drain();
    this.closed = true;
    this.cancelTimer?.();
    await this.making?.catch(() => undefined);
    const { current } = this;
    try {
      if (current !== null && current.durable < current.end && !current.broken) this.flush(current);
    } finally {
      current?.close();
      this.spare?.close();
      this.current = null;
      this.spare = null;
    }
  }

  private get isDisabled(): boolean {
    return this.options.durability.kind === 'disabled';
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.options.scheduler.soon(() => {
      this.scheduled = false;
      this.commit();
    });
  }

  /** Writes and flushes the batch; synchronous, so that nobody sees it half done. */
  private commit(): void {
    const { waiting, batch, current } = this;
    if (waiting.length === 0) return;
    if (this.isDisabled) {
      this.finish(this.segment);
      return;
    }
    if (current === null || current.broken) {
      this.replaceSegment();
      return;
    }
    const clock = this.options.host.lastTimestamp();
    for (const { from, to } of waiting) current.seal(batch, from, to, clock);
    const start = current.end;
    try {
      current.write(batch.written());
      if (this.options.durability.kind === 'sync-each-write') this.flush(current);
    } catch (error) {
      if (current.end > start) current.takeBack(start);
      this.refuse(error);
      return;
    }
    this.counters.bytesWritten += batch.length;
    if (this.options.durability.kind === 'periodic') this.flushLater(this.options.durability.milliseconds);
    this.finish(current.number);
  }

  private finish(segment: number): void {
    const { host } = this.options;
    const { waiting, batch } = this;
    this.waiting = [];
    this.counters.commits++;
    const { buffer, length } = batch;
    for (const { payloadFrom, to, resolve, reject } of waiting) {
      try {
        host.apply(buffer, payloadFrom, to);
        resolve();
      } catch (error) {
        reject(error);
      }
    }
    batch.clear();
    host.committed(waiting.length, length, segment);
  }

  private refuse(error: unknown): void {
    const { waiting } = this;
    if (waiting.length === 0) return;
    this.waiting = [];
    this.batch.clear();
    this.options.host.failed(waiting.length, error);
    for (const { reject } of waiting) reject(error);
  }

  /** Leaves a segment that can't be written to for a new one; the batch waits for it, or is refused if there can't be one. */
  private replaceSegment(): void {
    if (this.replacing) return;
    this.replacing = true;
    this.prepare().then(
      () => {
        this.replacing = false;
        if (this.spare !== null && (this.current === null || this.current.broken)) this.switchSegment();
        this.schedule();
      },
      (error: unknown) => {
        this.replacing = false;
        this.refuse(error);
      },
    );
  }

  private async makeSpare(): Promise<void> {
    const { storage, random, host } = this.options;
    const number = this.nextNumber;
    try {
      this.spare = await WalSegment.create(storage, number, Math.floor(random() * 0x100000000));
      // A number whose file could not be made is tried again: a gap would look like a segment that was lost.
      this.nextNumber = number + 1;
      host.segmentCreated(number);
    } finally {
      this.making = null;
    }
  }

  private seal(segment: WalSegment): void {
    this.sealed.set(segment.number, segment.size);
    try {
      if (!segment.broken && segment.durable < segment.end) this.flush(segment);
    } catch (error) {
      // Periodic only: its writers were told what that means. Their data is in the memtables and about to be flushed.
      this.options.host.failed(0, error);
    } finally {
      segment.close();
    }
  }

  private flush(segment: WalSegment): void {
    segment.flush();
    this.counters.flushes++;
  }

  private flushLater(milliseconds: number): void {
    if (this.cancelTimer !== null) return;
    this.cancelTimer = this.options.scheduler.later(() => {
      this.cancelTimer = null;
      const { current } = this;
      if (current === null || current.broken || current.durable === current.end) return;
      try {
        this.flush(current);
      } catch (error) {
        this.options.host.failed(0, error);
      }
    }, milliseconds);
  }
}
