import { StorageError } from '@cassette/storage';
import type { EngineHappening } from './engine-events.ts';
import type { EngineState } from './engine-state.ts';

/** Share of the quota from which on it is told that room gets short, and below which it may be told again. */
const TOLD_FROM = 0.9;
const FORGOTTEN_BELOW = 0.85;

/** What takes room for good, or gives it free. */
const CHANGES: readonly EngineHappening['type'][] = [
  'wal-segment-created',
  'flush-finished',
  'flush-failed',
  'compaction-finished',
];

/**
 * Looks how much room the storage has left whenever the store has grown by a file, and tells when it gets short: a full disk refuses
 * writes, and an app wants to export or ask its user before that.
 */
export class RoomWatch {
  private readonly state: EngineState;
  private isTold = false;
  private isLooking = false;
  private readonly stopHearing: () => void;

  constructor(state: EngineState) {
    this.state = state;
    this.stopHearing = state.events.attend(({ type }) => {
      if (!CHANGES.includes(type) || this.isLooking) return;
      this.isLooking = true;
      void this.look();
    });
  }

  /** Looks no more. */
  stop(): void {
    this.stopHearing();
  }

  private async look(): Promise<void> {
    const { storage, events } = this.state;
    try {
      const { usage, quota } = await storage.estimate();
      if (usage === undefined || quota === undefined || quota <= 0) return;
      const share = usage / quota;
      if (share < FORGOTTEN_BELOW) this.isTold = false;
      if (share < TOLD_FROM || this.isTold) return;
      this.isTold = true;
      events.emit({ type: 'storage-low', usage, quota });
    } catch (error) {
      // A store that is closed meanwhile, or a browser that does not tell: the next file is another occasion.
      if (!(error instanceof StorageError)) throw error;
    } finally {
      this.isLooking = false;
    }
  }
}
