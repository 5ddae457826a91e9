import { StorageFullError } from '@cassette/storage';
import type { WriteAheadLog } from '../wal/index.ts';
import type { EngineState } from './engine-state.ts';
import { MemtableFullError } from './errors.ts';

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Bounds the memory of writes: past `memtableHardLimit` they wait until a flush has made room, in the order they came, and fail
 * only where flushing can't go on.
 */
export class WriteGate {
  private readonly state: EngineState;
  private readonly wal: WriteAheadLog;
  private readonly askForRoom: () => void;
  private readonly whyNoRoom: () => unknown;
  private waiting: Waiting[] = [];

  /** `askForRoom` begins a flush; `whyNoRoom` is the error for which the last one failed, null if it did not. */
  constructor(state: EngineState, wal: WriteAheadLog, askForRoom: () => void, whyNoRoom: () => unknown) {
    this.state = state;
    this.wal = wal;
    this.askForRoom = askForRoom;
    this.whyNoRoom = whyNoRoom;
  }

  /** Whether a write of that size may go ahead now. */
  admits(size: number): boolean {
    if (this.waiting.length > 0) return false;
    const { state } = this;
    // A single write larger than the limit would wait for ever: one at a time is let through.
    if (state.active.isEmpty && state.sealed.length === 0 && this.wal.pendingBytes === 0) return true;
    const copied = state.maintenance?.copiedBytes ?? 0;
    return state.memtableBytes + copied + this.wal.pendingBytes + size <= state.config.memtableHardLimit;
  }

  /** Waits until it may. Throws MemtableFullError, or StorageFullError where there is no room to flush. */
  async enter(size: number): Promise<void> {
    while (!this.admits(size)) {
      const cause = this.whyNoRoom();
      if (cause !== null) throw this.full('flushing them to SSTables fails', cause);
      if (this.waiting.length >= this.state.config.waitingWritesMax) throw this.full('too many writes wait already');
      this.askForRoom();
      await new Promise<void>((resolve, reject) => this.waiting.push({ resolve, reject }));
    }
  }

  /** There is room again. */
  open(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const { resolve } of waiting) resolve();
  }

  /** There will be none for a while, or never again. */
  refuse(error: unknown): void {
    const { waiting } = this;
    this.waiting = [];
    for (const { reject } of waiting) reject(error);
  }

  /** The error for writes when memory is full: of a full disk it is the disk's, as of a write that finds it full itself. */
  full(why: string, cause?: unknown): MemtableFullError | StorageFullError {
    const { memtableBytes, config } = this.state;
    const message = `Writes not yet in SSTables take ${memtableBytes} of ${config.memtableHardLimit} bytes, and ${why}: make room on the device and write again`;
    const data = { memtableBytes, limit: config.memtableHardLimit };
    return cause instanceof StorageFullError
      ? new StorageFullError(message, data, cause)
      : new MemtableFullError(message, data, cause);
  }
}
