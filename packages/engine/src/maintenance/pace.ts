import type { Scheduler } from '../scheduler/index.ts';
import type { PaceOrder } from './wire.ts';

/** Milliseconds of work between two looks at what was ordered. */
const SLICE_MILLISECONDS = 8;
/** The same while somebody writes, and how long the worker then leaves processor and disk to him. Cassandra: compaction_throughput. */
const BUSY_SLICE_MILLISECONDS = 4;
const BUSY_REST_MILLISECONDS = 4;

/** Of the worker's time, what its tasks take. */
export class Pace {
  order: PaceOrder = { isBusy: true, isUrgent: false };
  private readonly scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.scheduler = scheduler;
  }

  /** Waits for a slice; resolves with its end on the scheduler's clock. A flush that is urgent rests for nobody. */
  async slice(isFlush: boolean): Promise<number> {
    const { scheduler, order } = this;
    if (order.isBusy && !(isFlush && order.isUrgent)) {
      await new Promise<void>((resolve) => scheduler.later(resolve, BUSY_REST_MILLISECONDS));
      return scheduler.now() + BUSY_SLICE_MILLISECONDS;
    }
    await scheduler.yield();
    return scheduler.now() + SLICE_MILLISECONDS;
  }
}
