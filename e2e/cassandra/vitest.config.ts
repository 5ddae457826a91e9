import { defineConfig } from 'vitest/config';
import { longFirst } from '../../scripts/tools/long-first.ts';

/** `npx vitest run --root e2e/cassandra`: apart from the unit tests, because a first run fetches Cassandra and every run starts JVMs. */
export default defineConfig({
  // Vitest hands these on to Node as --conditions, for require as well: with 'import' among them, the driver's require of `long` would get
  // an ES module, which it cannot use.
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source', 'node'] } },
  test: {
    include: ['*.test.ts', 'differential/*.test.ts'],
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
    // Each file has JVMs of its own, and waits for one of them at a time: two files keep two cores busy.
    maxWorkers: 2,
    sequence: {
      sequencer: longFirst([
        /\/cluster\.test/,
        /cassandra\/random\.test/,
        /\/judge\.test/,
        /\/load-kit\.test/,
        /differential\/random\.test/,
        /\/(import|export-formats)\.test/,
      ]),
    },
    reporters: ['default'],
  },
});
