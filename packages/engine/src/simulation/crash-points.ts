import { expect, test } from 'vitest';
import { CrashLife } from './crash-life.ts';

declare const process: { readonly env: Readonly<Record<string, string | undefined>> };

/** How long a life is: a few thousand changes of the disk. */
const LIFE = { owners: 6, steps: 25, density: 1 } as const;

/** Crash points of one part, of which no two of a life leave the same disk; CASSETTE_SIMULATION_POINTS says another number. */
const POINTS_OF_PART = 25_000;

/** From so many points on all that {@link whatHappens} tells has happened. */
const POINTS_OF_EVERYTHING = 20_000;

/** Of this many parts; each is a file, for test files run side by side. */
export const PARTS = 4;

/**
 * One part of the crash points as a test: lives, one after the other, until there were enough. CASSETTE_SEED=<n> lives one life alone.
 * CASSETTE_SIMULATION=long goes on, from CASSETTE_SIMULATION_FROM (a seed, default 100,000), for CASSETTE_SIMULATION_POINTS (default a
 * million) a part or for CASSETTE_SIMULATION_MINUTES, whichever comes first.
 */
export function testCrashPoints(part: number): void {
  const { env } = process;
  const replayed = env['CASSETTE_SEED'];
  const isLong = env['CASSETTE_SIMULATION'] === 'long';
  const wanted = replayed !== undefined ? 1 : Number(env['CASSETTE_SIMULATION_POINTS'] ?? (isLong ? 1_000_000 : POINTS_OF_PART));
  const minutes = Number(env['CASSETTE_SIMULATION_MINUTES'] ?? Number.POSITIVE_INFINITY);
  const first = (isLong ? Number(env['CASSETTE_SIMULATION_FROM'] ?? 100_000) : 1) + part;
  test(`no power cut at any of ${wanted} points, and no owner's death, takes what was acknowledged or brings what never was (part ${part + 1})`, {
    timeout: isLong ? 2 ** 31 - 1 : 3_600_000,
  }, async () => {
    const until = Date.now() + minutes * 60_000;
    const seen: Record<string, number> = {};
    let lives = 0;
    for (let seed = replayed === undefined ? first : Number(replayed), points = 0; points < wanted; seed += PARTS) {
      const life = new CrashLife(seed, LIFE);
      try {
        await life.live();
      } catch (error) {
        throw new Error(`in the life of seed ${seed}; CASSETTE_SEED=${seed} lives it again`, { cause: error });
      }
      lives++;
      points += life.images.counts.points;
      for (const [what, count] of Object.entries({ ...life.seen, ...life.images.counts })) seen[what] = (seen[what] ?? 0) + count;
      if (Date.now() > until) break;
    }
    console.log(`simulated: ${lives} lives, ${JSON.stringify(seen)}`);
    if (replayed !== undefined || wanted < POINTS_OF_EVERYTHING) return;
    // The simulation is only worth something if all of it happens.
    for (const what of whatHappens) expect(seen[what] ?? 0, what).toBeGreaterThan(0);
  });
}

const whatHappens = [
  'statement',
  'batch',
  'many',
  'feed',
  'count',
  'conditional',
  'truncate',
  'create',
  'drop',
  'alter',
  'import',
  'loose sync-each-write',
  'loose periodic',
  'loose disabled',
  'flush',
  'compact',
  'maintenance',
  'exports of 1 parts',
  'exports of 2 parts',
  'drops',
  'reads',
  'reads beside writes',
  'subscriptions',
  'feeds',
  'faults',
  'refused',
  'end by power',
  'end by process',
  'end by close',
  'crashes while opening',
  'calls resent',
  'left tidy',
  'a worker is given a flush',
  'a worker has done a flush',
  'a worker is given a compact',
  'a worker has done a compact',
  'a worker is struck',
  'a worker fails at a task',
  'repeats',
  'nested',
  'reopened',
  'feedsRead',
  'inFlight',
];
