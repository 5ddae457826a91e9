import { assert } from '@cassette/bytes';
import { StorageFullError } from '@cassette/storage';
import type { Durability } from '../config/durability.ts';
import { LatencyHistogram } from '../observe/latency.ts';
import { CommitGroup } from './commit-group.ts';
import { WalFlushError } from './wal-errors.ts';
import { segmentName } from './wal-format.ts';
import type { WalOptions } from './wal-options.ts';
import { WalSegment } from './wal-segment.ts';

/**
 * The log that every write goes to before anyone is told that it is done. Group commit: what is appended while a commit is
 * pending shares one write and one flush. A write becomes visible after it is in the file and before its promise resolves,
 * all in one turn: under SyncEachWrite nobody ever reads what a crash could take, as in Cassandra's batch mode; under Periodic
 * one may, as in its periodic mode. Each write has its own mode: a group is flushed if one of it asks for that.
 *
 * Crash points: before the flush, the group is not acknowledged and may be there in part, each record whole or not at all;
 * after it, it is there, and so is all that was logged before: of the segments before the current one all is durable, or
 * `isInDoubt` says that it is not.
 */
export class WriteAheadLog {
  private readonly options: WalOptions;
  private readonly group = new CommitGroup();
  private scheduled = false;
  private replacing = false;
  private current: WalSegment | null = null;
  private spare: WalSegment | null = null;
  private making: Promise<void> | null = null;
  private nextNumber: number;
  private readonly sealed = new Map<number, number>();
  /** What these take where they lie. */
  private readonly sealedPhysical = new Map<number, number>();
  /** Of those the ones that are durable, up to where: the next one tells it. */
  private readonly ends = new Map<number, number>();
  /** Of those the ones that could not be made durable, and where they end: behind that may be what was refused. */
  private readonly uncut = new Map<number, number>();
  private cancelTimer: (() => void) | null = null;
  private timerDue = 0;
  /** The youngest segment of which something that was acknowledged could not be made durable; -1 for none. */
  private doubtful = -1;
  /** A failure that no writer has been told. */
  private untold: WalFlushError | null = null;
  private closed = false;
  /** Called when more of the log is durable, or it goes on in another segment; must not throw. */
  readonly onDurable = new Set<() => void>();
  /** Counted since it was opened. */
  readonly counters = { commits: 0, writes: 0, flushes: 0, flushesFailed: 0, bytesWritten: 0 };
  /** Of calls of flush that went well. */
  readonly flushLatency = new LatencyHistogram();
  /**
   * The group that was committed last, for those who were in it: what it took, in milliseconds, and when it was done, on the scheduler's
   * clock. Changed by the next one.
   */
  readonly lastCommit = { segment: -1, writes: 0, bytes: 0, write: 0, flush: 0, apply: 0, at: 0 };

  private constructor(options: WalOptions) {
    this.options = options;
    this.nextNumber = options.firstSegment;
  }

  /**
   * Opens a log with its first segment. `existing` are the segments that were replayed and are still needed, and their sizes,
   * `physical` what they take where they lie, `ends` where the last record of each ends.
   * Where there is no room for a segment it opens without one, for what is there can be read all the same: the next write
   * tries again. Throws StorageError.
   */
  static async open(
    options: WalOptions,
    existing: ReadonlyMap<number, number>,
    physical: ReadonlyMap<number, number> = existing,
    ends: ReadonlyMap<number, number> = new Map(),
  ): Promise<WriteAheadLog> {
    const log = new WriteAheadLog(options);
    for (const [number, size] of existing) log.sealed.set(number, size);
    for (const [number, size] of physical) log.sealedPhysical.set(number, size);
    for (const [number, end] of ends) log.ends.set(number, end);
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
    return this.group.bytes;
  }

  /** Bytes that were acknowledged under Periodic and are not durable yet. */
  get unsyncedBytes(): number {
    return this.current?.unsynced ?? 0;
  }

  /** Whether something acknowledged could not be made durable and is in no SSTable yet. */
  get isInDoubt(): boolean {
    return this.doubtful >= 0;
  }

  /** A failure to make the log durable that nobody was told; null for none, and the next time. */
  takeFailure(): WalFlushError | null {
    const { untold } = this;
    this.untold = null;
    return untold;
  }

  /** Number of the segment that is written to; -1 while there is none, or that of the next one where there need not be one. */
  get segment(): number {
    return this.current?.number ?? (this.isLazy ? this.nextNumber : -1);
  }

  /** Whether there is a file of that segment, durably. */
  has(segment: number): boolean {
    return this.sealed.has(segment) || this.current?.number === segment || this.spare?.number === segment;
  }

  /** Bytes of the segments that were written before the one that is written to and are still needed, by number. */
  get sealedSegments(): ReadonlyMap<number, number> {
    return this.sealed;
  }

  /** The segment that is written to; null while there is none. */
  get currentSegment(): Pick<WalSegment, 'number' | 'durable' | 'salted' | 'readDurable'> | null {
    return this.current;
  }

  /**
   * Bytes of the writes in the segment that is written to, and of descriptions of the store. The last of these, which each has, makes none full.
   */
  get segmentBytes(): number {
    return this.current?.recordBytes ?? 0;
  }

  /** Segments there are, and the bytes that they take together where they lie. */
  get footprint(): { readonly segments: number; readonly bytes: number } {
    let bytes = 0;
    let segments = this.sealed.size;
    for (const size of this.sealedPhysical.values()) bytes += size;
    for (const segment of [this.current, this.spare]) {
      if (segment === null) continue;
      segments++;
      bytes += segment.physicalSize;
    }
    return { segments, bytes };
  }

  /**
   * Appends mutations as one record: copied, so that `bytes` is the caller's again at once. Resolves when they are as durable
   * as was asked for and can be read; rejects with the StorageError that kept them out. `writes`: how many these are. `isAlone`: commits them
   * in this turn, unless others wait for a commit already.
   */
  append(bytes: Uint8Array, durability: Durability = this.options.durability, writes = 1, isAlone = false): Promise<void> {
    assert(!this.closed, 'nothing is appended to a closed log');
    const isFirst = this.group.isEmpty;
    const done = this.group.add(bytes, durability, writes);
    if (isAlone && isFirst && !this.scheduled) this.commit();
    else this.schedule();
    return done;
  }

  /** Resolves when all that was appended before has been committed or refused. */
  async drain(): Promise<void> {
    const { group } = this;
    const { last } = group;
    // Not until the group is empty: who is told that his write is done makes the next one at once.
    while (last !== undefined && group.holds(last)) {
      this.schedule();
      await this.options.scheduler.yield();
    }
  }

  /** Whether the next segment is there, or need not be. */
  get isPrepared(): boolean {
    return this.spare !== null || this.isLazy;
  }

  /** Makes sure that the next segment is there, where it has to be. Throws StorageError. */
  async prepare(): Promise<void> {
    if (!this.isPrepared) await this.make();
  }

  /**
   * Goes over to the segment that `prepare` made and returns its number. What is in the batch goes to the new one. In the same
   * turn the memtables must be changed too: a segment belongs to one set of memtables.
   */
  switchSegment(): number {
    assert(this.isPrepared, 'the next segment was prepared');
    const old = this.current;
    this.current = this.spare;
    this.spare = null;
    if (old !== null) this.seal(old);
    if (this.current !== null && this.ends.size > 0) this.tellEnds(this.current);
    for (const listener of this.onDurable) listener();
    return this.current?.number ?? this.nextNumber;
  }

  /**
   * Cuts, durably, what was refused to its writers off the segments that could not be made durable: once their writes are in SSTables nobody
   * replays it, but who reads changes would be told of it after a crash that undid the first cut. Throws StorageError.
   */
  async cutRefused(): Promise<void> {
    for (const [number, end] of [...this.uncut]) {
      if (this.sealed.has(number)) {
        const file = await this.options.storage.open(segmentName(number));
        try {
          if (file.size > end) file.truncate(end);
          file.flush();
          this.sealedPhysical.set(number, file.physicalSize ?? end);
        } finally {
          file.close();
        }
      }
      this.uncut.delete(number);
    }
  }

  /** Removes the segments before that number: what they hold is in SSTables that the catalog names. */
  async retire(before: number): Promise<void> {
    if (before > this.doubtful) this.doubtful = -1;
    for (const number of [...this.sealed.keys()]) {
      if (number >= before) continue;
      const [size = 0, physical = size] = [this.sealed.get(number), this.sealedPhysical.get(number)];
      const isKept = (await this.options.keep?.(number, size, physical)) === true;
      if (!isKept) await this.options.storage.remove(segmentName(number));
      this.sealed.delete(number);
      this.sealedPhysical.delete(number);
      this.ends.delete(number);
      this.options.host.segmentRetired(number);
    }
  }

  /**
   * Has the log tell how the store is described from now on: to be called in the turn in which that changes, after the catalog has it. Else it
   * would be told with the next write, and not at all without one. Where it can't be written it is tried with that again: only who has lost
   * the catalog misses it.
   */
  describe(): void {
    // The one that is written to first: while the other is written again, it has what it had, or nothing.
    for (const segment of [this.current, this.spare]) if (segment !== null && !segment.broken) this.describeIn(segment);
  }

  /** Makes what is written durable now; false where that fails, or has failed before. */
  sync(): boolean {
    const { current } = this;
    if (current !== null && !current.broken) this.flushBehind(current);
    return !this.isInDoubt;
  }

  /** Commits what waits and closes the files. `sync` comes before: what is not durable then is not made so here. */
  async close(): Promise<void> {
    await this.drain();
    this.closed = true;
    this.cancelTimer?.();
    await this.making?.catch(() => undefined);
    this.current?.close();
    this.spare?.close();
    this.current = null;
    this.spare = null;
  }

  /** Whether it does without a segment until a write asks for one. */
  private get isLazy(): boolean {
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
    const { group, current } = this;
    if (group.isEmpty) return;
    if (!group.isLogged) {
      this.lastCommit.at = this.options.scheduler.now();
      this.lastCommit.write = 0;
      this.lastCommit.flush = 0;
      this.finish();
      return;
    }
    if (current === null || current.broken) {
      this.replaceSegment();
      return;
    }
    const start = current.end;
    const { lastCommit } = this;
    const { scheduler } = this.options;
    const began = scheduler.now();
    try {
      const { host } = this.options;
      const clock = host.lastTimestamp();
      current.write(group.sealed(current, clock), host.description(), clock);
      const written = scheduler.now();
      lastCommit.write = written - began;
      lastCommit.at = group.wantsFlush ? this.flush(current, written) : written;
      lastCommit.flush = lastCommit.at - written;
    } catch (error) {
      if (current.end > start) current.takeBack(start);
      // What was written before this group went into the same flush.
      if (current.broken && current.unsynced > 0) this.doubt(current, error);
      this.refuse(error);
      return;
    }
    this.counters.bytesWritten += current.end - start;
    if (current.unsynced > 0) this.flushLater(group.milliseconds);
    this.finish();
  }

  private finish(): void {
    const { counters, group, lastCommit } = this;
    counters.commits++;
    counters.writes += group.loggedWrites;
    lastCommit.segment = this.segment;
    lastCommit.writes = group.writes;
    lastCommit.bytes = group.bytes;
    const began = lastCommit.at;
    group.finish(this.options.host, this.segment);
    lastCommit.at = this.options.scheduler.now();
    lastCommit.apply = lastCommit.at - began;
  }

  private refuse(error: unknown): void {
    this.group.refuse(error, this.options.host, this.segment);
  }

  /** Leaves a segment that can't be written to for a new one; the batch waits for it, or is refused if there can't be one. */
  private replaceSegment(): void {
    if (this.replacing) return;
    this.replacing = true;
    this.make().then(
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

  private async make(): Promise<void> {
    if (this.spare !== null) return;
    this.making ??= this.makeSpare();
    await this.making;
  }

  private describeIn(segment: WalSegment): void {
    const { host, durability } = this.options;
    try {
      const isNew = segment.describe(host.description(), host.lastTimestamp(), segment === this.spare);
      if (!isNew || durability.kind !== 'sync-each-write') return;
      // What is counted is what writes cost.
      segment.flush();
      for (const listener of this.onDurable) listener();
    } catch (error) {
      // Its writers were told that they are done, and now nobody knows.
      if (segment.broken && segment.unsynced > 0) this.untold = this.doubt(segment, error);
    }
  }

  private tellEnds(segment: WalSegment): void {
    try {
      segment.tellEnds(this.ends, this.options.host.lastTimestamp());
    } catch {
      // Whoever writes to it next gets the storage's error, or another segment; recovery then takes what is missing for cut off by a crash.
    }
  }

  private async makeSpare(): Promise<void> {
    const { storage, random, host } = this.options;
    const number = this.nextNumber;
    try {
      const salt = Math.floor(random() * 0x100000000);
      this.spare = await WalSegment.create(storage, number, salt, host.description(), host.lastTimestamp());
      // It may be another store than the one that it describes: that changed while it was made.
      this.describeIn(this.spare);
      // A number whose file could not be made is tried again: a gap would look like a segment that was lost.
      this.nextNumber = number + 1;
      host.segmentCreated(number);
    } finally {
      this.making = null;
    }
  }

  private seal(segment: WalSegment): void {
    this.sealed.set(segment.number, segment.size);
    this.sealedPhysical.set(segment.number, segment.physicalSize);
    if (segment.broken) this.uncut.set(segment.number, segment.end);
    if (!segment.broken) this.flushBehind(segment);
    if (!segment.broken && segment.unsynced === 0) this.ends.set(segment.number, segment.durable);
    segment.close();
  }

  /** Makes a segment durable, from now on or from a moment a moment ago; returns when it was done. */
  private flush(segment: WalSegment, began = this.options.scheduler.now()): number {
    try {
      segment.flush();
    } catch (error) {
      this.counters.flushesFailed++;
      throw error;
    }
    this.counters.flushes++;
    const done = this.options.scheduler.now();
    this.flushLatency.add(done - began);
    for (const listener of this.onDurable) listener();
    return done;
  }

  /** Flushes what was acknowledged before it was durable: there is no writer left to refuse. */
  private flushBehind(segment: WalSegment): void {
    if (segment.unsynced === 0) return;
    try {
      this.flush(segment);
    } catch (error) {
      this.untold = this.doubt(segment, error);
    }
  }

  private doubt({ number, name, unsynced }: WalSegment, cause: unknown): WalFlushError {
    this.doubtful = Math.max(this.doubtful, number);
    const error = new WalFlushError(name, unsynced, cause);
    this.options.host.inDoubt(error);
    return error;
  }

  private flushLater(milliseconds: number): void {
    const { scheduler } = this.options;
    const due = scheduler.now() + milliseconds;
    if (this.cancelTimer !== null) {
      if (this.timerDue <= due) return;
      this.cancelTimer();
    }
    this.timerDue = due;
    this.cancelTimer = scheduler.later(() => {
      this.cancelTimer = null;
      if (this.current !== null && !this.current.broken) this.flushBehind(this.current);
    }, milliseconds);
  }
}
