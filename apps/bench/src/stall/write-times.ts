import { sensorRow } from '../rows/sensor-row.ts';
import { insertCql, rowParams } from '../rows/sensor-table.ts';
import type { StallStore } from './stall-store.ts';

/** Writers that write one durable row after the other, each waiting for its own, and how long each write took. */
export class WriteTimes {
  /** What goes on now: a write counts for what went on when it began; null counts for nothing. */
  phase: string | null = null;
  private readonly times = new Map<string, number[]>();
  private readonly running: Promise<unknown>;
  private isOver = false;

  /** Begins at once, with rows from number `next()` on. */
  constructor(store: StallStore, table: string, writers: number, next: () => number) {
    const insert = insertCql(table);
    const writer = async () => {
      while (!this.isOver) {
        const params = rowParams(sensorRow(next()));
        const { phase } = this;
        const began = performance.now();
        await store.execute(insert, params);
        if (phase !== null) this.of(phase).push(performance.now() - began);
      }
    };
    this.running = Promise.all(Array.from({ length: writers }, writer));
    // Whoever stops them is told; until then nobody asks.
    this.running.catch(() => undefined);
  }

  /** Milliseconds of the writes of a phase. */
  of(phase: string): number[] {
    const times = this.times.get(phase) ?? [];
    this.times.set(phase, times);
    return times;
  }

  /** Ends them. Rejects with what a write rejected with. */
  async stop(): Promise<void> {
    this.isOver = true;
    await this.running;
  }
}
