import { defineConfig } from 'vitest/config';

/** Unit tests of every package run from here; apps and the client build have their own Vite configuration. */
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source', 'node'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'scripts/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 60_000,
    // Vitest leaves one core idle, which of two is half of them.
    maxWorkers: '100%',
  },
});
