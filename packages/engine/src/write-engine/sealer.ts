import type { Flusher } from '../flush/index.ts';
import { MemtableSet } from '../memtable/index.ts';
import type { WriteAheadLog } from '../wal/index.ts';
import type { EngineState } from './engine-state.ts';

/** Decides when memtables and their WAL segments are full, seals them, and has them flushed. Writes go on meanwhile. */
export class Sealer {
  private readonly state: EngineState;
  private readonly wal: WriteAheadLog;
  private readonly flusher: Flusher;
  private sealing = false;
  /** Sealing failed and is not tried with every write, but after a while, or when a flush shows that the disk is well again. */
  private putOff = false;
  private stopped = false;

  constructor(state: EngineState, wal: WriteAheadLog, flusher: Flusher) {
    this.state = state;
    this.wal = wal;
    this.flusher = flusher;
  }

  /** Seals memtables and WAL segment; a new pair takes over. Throws StorageError. */
  async seal(): Promise<void> {
    // Somebody else's seal may have taken the segment that was prepared.
    while (!this.wal.isPrepared) await this.wal.prepare();
    const { state } = this;
    const sealed = state.active;
    // An empty set may be older than the segment: then a segment before it still has what this set's predecessors hold.
    if (sealed.isEmpty && sealed.firstSegment === this.wal.segment) return;
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
        this.flusher.start();
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

  /** The same if there is enough to be worth it; asked after each group of writes. */
  sealIfFull(): void {
    const { memtableFlushThreshold, walSegmentSizeMax } = this.state.config;
    if (this.wal.segmentBytes < walSegmentSizeMax && this.state.active.bytes < memtableFlushThreshold) return;
    this.sealSoon();
  }

  /** Seals and flushes everything; resolves when it is in SSTables. Throws StorageError. */
  async flushAll(): Promise<void> {
    if (!this.state.active.isEmpty) await this.seal();
    // A run that was under way may have begun before the last set was sealed.
    while (this.state.sealed.length > 0) await this.flusher.run();
  }

  /** The disk is well: a flush went to its end. */
  flushed(): void {
    this.putOff = false;
  }

  /** Seals nothing more by itself. */
  stop(): void {
    this.stopped = true;
  }
}
