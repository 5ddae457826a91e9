import type { DatabaseStats } from '@cassette/engine';

/** The figures of a store, and of those who use it, as they travel. */
export interface StoreStats extends DatabaseStats {
  /** Tabs, and workers that are clients, that have it open; its owner included. */
  readonly tabs: number;
}
