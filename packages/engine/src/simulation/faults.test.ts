import { FaultyStorage, seededRandom } from '@cassette/storage/testing';
import { expect, test } from 'vitest';
import { SimulatedLife } from './simulated-life.ts';

// Disks that fail for a while and fill up, without and with a crash afterwards. CASSETTE_SEED=<n> runs one life alone.

declare const process: { readonly env: Readonly<Record<string, string | undefined>> };

const replayed = process.env['CASSETTE_SEED'];
const seeds = replayed === undefined ? Array.from({ length: 12 }, (_, n) => n + 1) : [Number(replayed)];

async function live(seed: number): Promise<SimulatedLife> {
  const random = seededRandom(seed + 5000);
  const below = (bound: number) => Math.floor(random() * bound);
  const life = new SimulatedLife(new FaultyStorage({ random }), random);
  await life.open();
  for (let phase = 0; phase < 8; phase++) {
    for (let step = 0; step < 30; step++) {
      if (random() < 0.1) life.planFaults();
      const writers = Array.from({ length: 1 + below(5) }, () => life.startWrite());
      await Promise.all(writers);
      if (random() < 0.1) await life.flush();
      if (random() < 0.05) await life.compact();
      if (random() < 0.02) await life.truncate();
      if (random() < 0.2) expect(life.check(), `phase ${phase}, step ${step}`).toEqual([]);
    }
    await life.heal();
    // Everything goes on as if nothing had been: also the way to SSTables.
    await life.startWrite();
    await life.flush();
    expect(life.check(), `phase ${phase}, healed`).toEqual([]);
    if (random() < 0.5) {
      await life.crash();
      expect(await life.open()).toBe(true);
      expect(life.check(), `phase ${phase}, opened again`).toEqual([]);
    }
  }
  await life.close();
  return life;
}

test('a disk that fails for a while costs nothing that was acknowledged, and the store goes on when it is well', async () => {
  let refused = 0;
  for (const seed of seeds) {
    try {
      refused += (await live(seed)).seen.refused;
    } catch (error) {
      throw new Error(`in the life of seed ${seed}; CASSETTE_SEED=${seed} lives it again`, { cause: error });
    }
  }
  if (replayed === undefined) expect(refused).toBeGreaterThan(100);
});
