import './steady-globals.ts';
import { loadParts } from '@cassette/bytes';
import { expect, test } from 'vitest';
import { installErrorTransfer } from '../../errors/error-transfer.ts';
import { TabsLife } from './tabs-life.ts';

declare const process: { readonly env: Readonly<Record<string, string | undefined>> };

installErrorTransfer();

/** Lives; CASSETTE_TABS_LIVES says another number, and CASSETTE_SEED=<n> lives one alone. */
const LIVES = 14;

/** How long a life is. */
const LIFE = { tabs: 4, tabsMost: 12, calls: 16, trouble: 0.012 } as const;

/** Parts that are loaded when they are first needed come at a moment of the platform's: a life of no seed has them all come. */
let parts: Promise<void> | null = null;
function partsLoaded(): Promise<void> {
  parts ??= loadParts().then(() => new TabsLife(0, LIFE).live());
  return parts;
}

test('a seed lives one life', async () => {
  await partsLoaded();
  const [one, another] = [new TabsLife(6, LIFE), new TabsLife(6, LIFE)];
  await one.live();
  await another.live();
  expect(another.seen).toEqual(one.seen);
});

test('tabs that die, close and freeze under load lose nothing acknowledged, and leave no call without an answer', {
  timeout: 3_600_000,
}, async () => {
  const { env } = process;
  const replayed = env['CASSETTE_SEED'];
  const first = replayed === undefined ? Number(env['CASSETTE_TABS_FROM'] ?? 1) : Number(replayed);
  const lives = replayed === undefined ? Number(env['CASSETTE_TABS_LIVES'] ?? LIVES) : 1;
  const seen: Record<string, number> = {};
  await partsLoaded();
  for (let seed = first; seed < first + lives; seed++) {
    const life = new TabsLife(seed, LIFE);
    await life.live().catch((error: unknown) => {
      throw new Error(`in the life of seed ${seed}; CASSETTE_SEED=${seed} lives it again`, { cause: error });
    });
    for (const [what, count] of Object.entries(life.seen)) seen[what] = (seen[what] ?? 0) + count;
  }
  console.log(`simulated: ${lives} lives of tabs, ${JSON.stringify(seen)}`);
  if (lives < LIVES) return;
  // The simulation is only worth something if all of it happens.
  for (const what of whatHappens) expect(seen[what] ?? 0, what).toBeGreaterThan(0);
});

const whatHappens = [
  'writes of own',
  'writes of shared',
  'counters',
  'conditions',
  'reads',
  'maintenance',
  'updates',
  'writes of brought',
  'exports',
  'exports from another on',
  'exports confirmed',
  'changes',
  'changes read on',
  'subscriptions',
  'killed: an owner',
  'killed: another tab',
  'worker killed: an owner',
  'closed: another tab',
  'frozen with a word: an owner',
  'refused as OWNER_LOST',
];
