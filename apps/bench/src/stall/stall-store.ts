import type { EngineStats } from '@cassette/engine';

/** What is measured: the client's database in a page, the engine's in Node. */
export interface StallStore {
  execute(query: string, params?: unknown[]): Promise<unknown>;
  executeMany(query: string, rows: readonly unknown[][], options?: { durability: { kind: 'disabled' } }): Promise<unknown>;
  flush(): Promise<void>;
  compact(table: string): Promise<readonly unknown[]>;
  stats():
    | Pick<EngineStats, 'compaction' | 'counters' | 'maintenance' | 'tables'>
    | Promise<Pick<EngineStats, 'compaction' | 'counters' | 'maintenance' | 'tables'>>;
}
