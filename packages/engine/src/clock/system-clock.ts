import type { Clock } from './clock.ts';

/**
 * The platform's wall clock: what an engine runs on where nobody hands it another. The one place in this package that asks
 * the platform for the time.
 */
export const systemClock: Clock = {
  nowMicros: () => Date.now() * 1000,
};

/** The platform's random numbers, from 0 up to but without 1. Likewise the one place. */
export const systemRandom = (): number => Math.random();
