import { loadParts } from '@cassette/bytes';
import { MemoryStorage } from '@cassette/storage';
import { seededRandom } from '@cassette/storage/testing';
import type { Database, Params } from '../../database/index.ts';
import { TestClock, testDatabase } from '../../database/testing/test-database.ts';
import type { Row } from '../../result/index.ts';
import { TestScheduler } from '../../testing/test-scheduler.ts';
import { applyPatch, type RowPatch } from '../row-patch.ts';
import type { SubscribeOptions, Subscription } from '../subscription.ts';

/** For tests: a database whose clock and timers are moved by hand. */
export async function liveDatabase(schema: string): Promise<{ db: Database; clock: TestClock; scheduler: TestScheduler }> {
  // What is loaded meanwhile would come in no turn that the test moves.
  await loadParts();
  const scheduler = new TestScheduler();
  const clock = new TestClock();
  const { db } = await testDatabase(schema, { storage: new MemoryStorage(), scheduler, clock, random: seededRandom(3) });
  return { db, clock, scheduler };
}

/** For tests: lets what is under way go on until nothing more happens. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 2; i++) {
    for (let turn = 0; turn < 100; turn++) await Promise.resolve();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

/** For tests: somebody who subscribes and keeps rows of his own by the patches alone. */
export class LiveMirror {
  readonly subscription: Subscription;
  readonly patches: (RowPatch | null)[] = [];
  readonly errors: unknown[] = [];
  rows: readonly Row[] = [];

  constructor(db: Database, query: string, params: Params | null = null, options: SubscribeOptions = {}) {
    const onError = (error: unknown) => this.errors.push(error);
    this.subscription = db.subscribe(query, params, { onError, ...options }, (rows, patch) => {
      this.patches.push(patch);
      this.rows = patch === null ? rows : applyPatch(this.rows, patch);
    });
  }

  /** The rows as lists of values. */
  get values(): unknown[][] {
    return this.rows.map((row) => row.values());
  }
}

/** For tests: a patch as lists of values. */
export function plainPatch(patch: RowPatch | null | undefined): unknown {
  if (patch === null || patch === undefined) return patch;
  return {
    deleted: patch.deleted.map(({ index, row }) => [index, ...row.values()]),
    inserted: patch.inserted.map(({ index, row }) => [index, ...row.values()]),
    updated: patch.updated.map(({ index, row, previous }) => [index, previous.values(), row.values()]),
  };
}
