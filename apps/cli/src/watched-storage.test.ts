import { MemoryStorage } from '@cassette/storage';
import { expect, test } from 'vitest';
import { WatchedStorage } from './watched-storage.ts';

test('what is read of each file is told, and everything else is the storage’s own', async () => {
  const inner = new MemoryStorage();
  const told: [string, number][] = [];
  const storage = new WatchedStorage(inner, (name, bytes) => told.push([name, bytes]));
  await storage.acquire();
  const file = await storage.open('a', { create: true });
  file.write(Uint8Array.of(1, 2, 3), 0);
  const bytes = new Uint8Array(8);
  expect([file.name, file.size, file.read(bytes, 1), file.read(bytes, 3)]).toEqual(['a', 3, 2, 0]);
  file.truncate(1);
  file.flush();
  file.close();
  await storage.rename('a', 'b');
  expect([await storage.list(), await inner.list(), await storage.exists('a')]).toEqual([['b'], ['b'], false]);
  expect(told).toEqual([
    ['a', 2],
    ['a', 0],
  ]);
  await storage.close();
});
