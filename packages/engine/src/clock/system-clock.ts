import type { Clock } from './clock.ts';

/**
 * The platform's wall clock: what an engine runs on where nobody hands it another. The one place in this package that asks
 * the platform for the time.
 */
export const systemClock: Clock = {
  nowMicros: () => Date.now() * 1000,
};
