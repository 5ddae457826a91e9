import { afterEach, expect, test, vi } from 'vitest';

const MIB = 1 << 20;

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

async function collectionIn(navigator: object) {
  vi.stubGlobal('navigator', navigator);
  const { GarbageCollection } = await import('./collect-garbage.ts');
  return new GarbageCollection();
}

test('in Chromium a buffer is made for every 64 MiB that are done', async () => {
  const garbage = await collectionIn({ userAgentData: {} });
  for (let done = 0; done <= 256 * MIB; done += 8 * MIB) garbage.told(done);
  expect(garbage.nudged).toBe(4 * 64 * MIB);
});

test('that there is no room for it is no error', async () => {
  const garbage = await collectionIn({ userAgentData: {} });
  vi.stubGlobal(
    'ArrayBuffer',
    class {
      constructor() {
        throw new RangeError('Array buffer allocation failed');
      }
    },
  );
  garbage.told(100 * MIB);
  expect(garbage.nudged).toBe(0);
});

test('elsewhere nothing is done', async () => {
  const garbage = await collectionIn({});
  garbage.told(1000 * MIB);
  expect(garbage.nudged).toBe(0);
});
