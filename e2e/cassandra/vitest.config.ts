import { defineConfig } from 'vitest/config';

/** `npx vitest run --root e2e/cassandra`: apart from the unit tests, because a first run fetches Cassandra and every run starts JVMs. */
export default defineConfig({
  // Vitest hands these on to Node as --conditions, for require as well: with 'import' among them, the driver's require of `long` would get
  // an ES module, which it cannot use.
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source', 'node'] } },
  test: {
    include: ['*.test.ts', 'differential/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 900_000,
    fileParallelism: false,
    reporters: ['default'],
  },
});
