import type { Flusher } from '../flush/index.ts';
import { MemtableSet } from '../memtable/index.ts';
import type { WriteAheadLog } from '../wal/index.ts';
import { retireEmptied } from './after-recovery.ts';
import { tellSweepFailed } from './discard-sstables.ts';
import type { EngineState } from './engine-state.ts';
import { ClosedError } from './errors.ts';

/** Decides when memtables and their WAL segments are full, seals them, and has them flushed. Writes go on meanwhile. */
export class Sealer {
  private readonly state: EngineState;
  private readonly wal: WriteAheadLog;
  private readonly flusher: Flusher;
  private sealing = false;
  /** Sealing failed and is not tried with every write, but after a while, or when a flush shows that the disk is well again. */
  private putOff = false;
  private stopped = false;
  /** Those who wait for the flush of a set. */
  private waiting: (() => void)[] = [];

  constructor(state: EngineState, wal: WriteAheadLog, flusher: Flusher) {
    this.state = state;
    this.wal = wal;
    this.flusher = flusher;
  }

  /** Seals the memtables that are written to now, and their WAL segment; a new pair takes over. Throws StorageError. */
  async seal(): Promise<void> {
    const { state } = this;
    const sealed = state.active;
    while (!this.wal.isPrepared) {
      await this.wal.prepare();
      // Somebody else sealed them, with the segment that was prepared.
      if (state.active !== sealed) return;
    }
    // An empty set may be older than the segment: then a segment before it still has what this set's predecessors hold. And changes of the
    // schema fill a segment, too, of which no set has anything.
    if (sealed.isEmpty && sealed.firstSegment === this.wal.segment && !this.isSegmentFull) return;
    const segment = this.wal.switchSegment();
    state.active = new MemtableSet(segment);
    if (sealed.isEmpty) return;
    state.sealed.push(sealed);
    state.events.emit({ type: 'memtables-sealed', bytes: sealed.bytes, tables: sealed.size, segment });
  }

  /** Seals and flushes in the background. */
  sealSoon(): void {
    if (this.sealing || this.putOff || this.stopped) return;
    this.sealing = true;
    this.flusher.trying();
    this.seal().then(
      () => {
        this.sealing = false;
        this.flusher.run().then(
          () => this.retireEmptied(),
          // Told by the flusher, which tries again.
          () => undefined,
        );
      },
      (error: unknown) => {
        this.sealing = false;
        this.putOff = true;
        this.flusher.retryLater(() => {
          this.putOff = false;
          this.sealSoon();
        });
        this.flusher.fail(error);
      },
    );
  }

  /** The same if there is enough to be worth it; asked after each group of writes, and after each change of what the log says. */
  sealIfFull(): void {
    const { active, maintenance, config } = this.state;
    const { memtableFlushThreshold } = config;
    // It takes its time to come up: by the flush it is to be there.
    if (maintenance !== null && active.bytes >= memtableFlushThreshold / 4) maintenance.prepare();
    if (this.isSegmentFull || active.bytes >= memtableFlushThreshold) this.sealSoon();
  }

  private get isSegmentFull(): boolean {
    return this.wal.segmentBytes >= this.state.config.walSegmentSizeMax;
  }

  /** No flush does that for segments of which no set of memtables has anything. What can't be done now is done with the next one. */
  private retireEmptied(): void {
    retireEmptied(this.state, this.wal, () => this.stopped).catch((error: unknown) => tellSweepFailed(this.state, error));
  }

  /**
   * Seals and flushes everything that there is now; resolves when it is in SSTables. Of what comes meanwhile it waits only for what gets into the
   * same set: where others write as fast as sets are flushed, there is no moment at which nothing is sealed. Throws StorageError, ClosedError.
   */
  async flushAll(): Promise<void> {
    const { state } = this;
    const { active } = state;
    const before = state.sealed.at(-1);
    // It would wait behind those: who asks for a flush meanwhile shares this one, instead of making SSTables of a few rows each.
    if (before !== undefined && !active.isEmpty) await this.flushed(before, () => state.active === active);
    if (state.active === active && !active.isEmpty) await this.seal();
    const last = active.isEmpty ? before : active;
    if (last !== undefined) await this.flushed(last, () => true);
  }

  /** Resolves when a set is in SSTables, or that is not wanted any more. */
  private async flushed(set: MemtableSet, isWanted: () => boolean): Promise<void> {
    // A run that was under way may have begun before the set was sealed.
    while (isWanted() && this.state.sealed.includes(set)) {
      // Closed meanwhile: nothing flushes any more, and what is in the log stays there.
      if (this.flusher.isStopped) throw new ClosedError('The store');
      const progress = new Promise<void>((resolve) => this.waiting.push(resolve));
      await Promise.race([this.flusher.run(), progress]);
    }
  }

  /** The disk is well: a flush went to its end. */
  progressed(): void {
    this.putOff = false;
    const { waiting } = this;
    this.waiting = [];
    for (const go of waiting) go();
  }

  /** Seals nothing more by itself. */
  stop(): void {
    this.stopped = true;
  }
}
