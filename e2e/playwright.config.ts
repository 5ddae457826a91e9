import { defineConfig } from '@playwright/test';

/** Real browsers only; each test starts its own on a persistent profile, because that is where durability means something. */
export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  timeout: 600_000,
  // What is waited for comes late where others have the cores; a state that never comes is told all the same, only later. Actions have no
  // limit of their own.
  expect: { timeout: 120_000 },
  // A test waits for its browser's start, its disk and its own pauses most of the time: two files keep two cores busy.
  workers: 2,
  reporter: [['list'], ['json']],
  outputDir: '../.cassette-cache/test-results',
});
