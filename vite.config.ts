import { defineConfig } from 'vitest/config';
import { longFirst } from './scripts/tools/long-first.ts';

/** Unit tests of every package run from here; apps and the client build have their own Vite configuration. */
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source', 'node'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'scripts/**/*.test.ts'],
    // Nothing here is about time: what hangs is told, what is slow because others have the cores is not.
    testTimeout: 900_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 600_000 } },
    // Vitest leaves one core idle, which of two is half of them.
    maxWorkers: '100%',
    sequence: { sequencer: longFirst([/\/simulation\/crash-points/, /\/simulation\//, /\/fuzz\//]) },
  },
});
