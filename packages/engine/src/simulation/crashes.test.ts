import { FaultyStorage, type Random, SimulatedCrash, seededRandom } from '@cassette/storage/testing';
import { expect, test } from 'vitest';
import { SimulatedLife } from './simulated-life.ts';

// 1,000 crashes: 50 stores, each crashed 20 times wherever the power happens to go: in a write of the WAL, in a flush to
// SSTables, in a compaction, in a transaction of the catalog, in a recovery from the crash before. CASSETTE_SEED=<n> runs one store's life alone.

declare const process: { readonly env: Readonly<Record<string, string | undefined>> };

const CRASHES_PER_LIFE = 20;
const replayed = process.env['CASSETTE_SEED'];
const seeds = replayed === undefined ? Array.from({ length: 50 }, (_, n) => n + 1) : [Number(replayed)];

function below(random: Random, bound: number): number {
  return Math.floor(random() * bound);
}

async function live(seed: number): Promise<SimulatedLife> {
  const random = seededRandom(seed);
  const life = new SimulatedLife(new FaultyStorage({ random }), random);
  for (let crash = 0; crash < CRASHES_PER_LIFE; crash++) {
    const opened = await recover(life, random);
    if (opened) await work(life, random);
    await life.crash();
  }
  while (!(await life.open())) await life.crash();
  expect(life.check()).toEqual([]);
  await life.close();
  return life;
}

/** Looks at everything; false where the power that was to go while the store opened goes only now. */
function isRight(life: SimulatedLife): boolean {
  try {
    expect(life.check()).toEqual([]);
    return true;
  } catch (error) {
    if (life.isDown && error instanceof SimulatedCrash) return false;
    throw error;
  }
}

/** Opens and checks; sometimes the power goes while it does, sometimes it opens twice to see whether that changes anything. */
async function recover(life: SimulatedLife, random: Random): Promise<boolean> {
  if (random() < 0.15) life.planCrash(below(random, 12));
  if (!(await life.open())) return false;
  if (!isRight(life)) return false;
  if (random() < 0.1 && !life.isDown) {
    const before = life.contents();
    await life.close();
    if (life.isDown || !(await life.open())) return false;
    expect(life.contents()).toBe(before);
  }
  return !life.isDown;
}

async function work(life: SimulatedLife, random: Random): Promise<void> {
  life.planCrash(below(random, random() < 0.5 ? 30 : 150));
  for (let step = 0; step < 400 && !life.isDown; step++) {
    const writers = Array.from({ length: 1 + below(random, random() < 0.2 ? 10 : 2) }, () => life.startWrite());
    if (random() < 0.2) await life.pause(below(random, 10));
    else await Promise.all(writers);
    if (random() < 0.02) {
      await Promise.all(writers);
      if (!life.isDown) await life.truncate();
    }
    if (random() < 0.03 && !life.isDown) await life.flush();
    if (random() < 0.02 && !life.isDown) {
      // Not always waited for: writes go on beside it.
      const compacted = life.compact();
      if (random() < 0.5) await compacted;
    }
    if (random() < 0.03 && !life.isDown) expect(life.check()).toEqual([]);
    // Some crashes come while nothing waits for the disk.
    if (random() < 0.02) return;
    await Promise.all(writers);
  }
}

test(`no crash of ${seeds.length * CRASHES_PER_LIFE} loses what was acknowledged or brings what was never written`, async () => {
  const seen = {
    crashes: 0,
    tornTails: 0,
    litter: 0,
    replayed: 0,
    flushes: 0,
    crashesWhileOpening: 0,
    refused: 0,
    compactions: 0,
    crashesWhileCompacting: 0,
  };
  for (const seed of seeds) {
    try {
      const life = await live(seed);
      for (const key of Object.keys(seen) as (keyof typeof seen)[]) seen[key] += life.seen[key];
    } catch (error) {
      throw new Error(`in the life of seed ${seed}; CASSETTE_SEED=${seed} lives it again`, { cause: error });
    }
  }
  console.log(`simulated: ${JSON.stringify(seen)}`);
  if (replayed !== undefined) return;
  // The simulation is only worth something if the crashes hit what they are meant to hit.
  expect(seen.crashes).toBeGreaterThanOrEqual(1000);
  const { crashes: _, ...others } = seen;
  for (const [what, count] of Object.entries(others)) expect(count, what).toBeGreaterThan(20);
});
