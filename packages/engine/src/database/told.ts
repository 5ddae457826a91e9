import { CassetteError } from '@cassette/bytes';
import type { Scheduler } from '../scheduler/index.ts';
import type { EngineEvents } from '../write-engine/index.ts';

/** What came of an export or import, as its event tells. */
export interface TransferFigures {
  /** Of the zip or files that were written; of SSTables, as they lie in the store. */
  readonly bytes: number;
  readonly sstables: number;
}

/** Tells of exports and imports: that they begin, and how they end. */
export class ToldTransfers {
  private readonly events: EngineEvents;
  private readonly scheduler: Scheduler;
  private count = 0;

  constructor(events: EngineEvents, scheduler: Scheduler) {
    this.events = events;
    this.scheduler = scheduler;
  }

  /** Runs one; rejects as it does. */
  async told<T>(kind: 'export' | 'import', run: () => Promise<T>, figuresOf: (report: T) => TransferFigures): Promise<T> {
    const { events, scheduler } = this;
    const number = ++this.count;
    const began = scheduler.now();
    events.emit({ type: `${kind}-started`, number });
    try {
      const report = await run();
      events.emit({ type: `${kind}-finished`, number, ...figuresOf(report), milliseconds: scheduler.now() - began });
      return report;
    } catch (error) {
      const code = error instanceof CassetteError ? error.code : 'UNKNOWN';
      const message = error instanceof Error ? error.message : String(error);
      events.emit({ type: `${kind}-failed`, number, code, message });
      throw error;
    }
  }
}
