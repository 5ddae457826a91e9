import { expect, test } from 'vitest';
import { MemoryStorage } from '../memory/index.ts';
import type { Storage } from '../storage.ts';
import { FaultyStorage, seededRandom } from '../testing/index.ts';
import { copyStore } from './copy-store.ts';
import { EncryptedStorage } from './encrypted-storage.ts';
import { rewrapKey } from './stored-keys.ts';
import { COPY_MARK } from './unfinished-copy.ts';

const KEY = { key: new Uint8Array(32).fill(7) };
const OTHER = { key: new Uint8Array(32).fill(8) };
const RECORDS = new Map([['store', { format: 1 }]]);
const FILES = ['a', 'b', 'c'];

async function source(): Promise<MemoryStorage> {
  const storage = new MemoryStorage();
  await storage.acquire();
  for (const name of FILES) {
    const file = await storage.open(name, { create: true });
    file.write(new TextEncoder().encode(name.repeat(100)), 0);
    file.close();
  }
  await storage.catalog.commit({ put: RECORDS });
  await storage.close();
  return storage;
}

async function contents(storage: Storage): Promise<[files: string[], records: unknown]> {
  await storage.acquire();
  try {
    return [await storage.list(), await storage.catalog.load()];
  } finally {
    await storage.close();
  }
}

test.each([
  ['encrypted', KEY],
  ['plain', null],
])(
  'after a crash anywhere in a copy that is %s, the target is empty, whole or unfinished, and can be copied onto',
  async (_, encryption) => {
    const from = await source();
    const over = (inner: Storage): Storage => (encryption === null ? inner : new EncryptedStorage(inner, encryption));
    const seen = new Set<string>();
    for (let changes = 0; !seen.has('done'); changes++) {
      const disk = new FaultyStorage({ random: seededRandom(changes) });
      disk.crashAfter(changes);
      const error = await copyStore(from, over(disk)).then(
        () => null,
        (reason: unknown) => reason,
      );
      if (error === null && !disk.crashed) seen.add('done');
      await judge(disk.crash());
    }
    expect(seen).toEqual(new Set(['empty', 'unfinished', 'whole', 'done']));

    async function judge(disk: FaultyStorage): Promise<void> {
      await disk.acquire();
      const records = await disk.catalog.load();
      await disk.close();
      if (records.has(COPY_MARK)) {
        seen.add('unfinished');
        await expect(copyStore(disk, new MemoryStorage())).rejects.toMatchObject({ code: 'COPY_UNFINISHED' });
        await expect(new EncryptedStorage(disk, KEY).acquire()).rejects.toMatchObject({ code: 'COPY_UNFINISHED' });
        await disk.acquire();
        await expect(rewrapKey(disk, KEY, OTHER)).rejects.toMatchObject({ code: 'COPY_UNFINISHED' });
        await disk.close();
      } else {
        seen.add(records.size === 0 ? 'empty' : 'whole');
        if (records.size > 0) {
          expect(await contents(over(disk))).toEqual([FILES, RECORDS]);
          await expect(copyStore(from, over(disk))).rejects.toMatchObject({ code: 'STORE_EXISTS' });
          return;
        }
      }
      await copyStore(from, over(disk));
      expect(await contents(over(disk))).toEqual([FILES, RECORDS]);
    }
  },
);

test('what an interrupted copy left is replaced under another key, or none, too', async () => {
  const from = await source();
  for (const encryption of [OTHER, null]) {
    const inner = new MemoryStorage();
    const target = new EncryptedStorage(inner, KEY);
    await target.acquireForCopy();
    (await target.open('old', { create: true })).close();
    await target.close();
    const again = encryption === null ? inner : new EncryptedStorage(inner, encryption);
    await copyStore(from, again);
    expect(await contents(again)).toEqual([FILES, RECORDS]);
  }
});

test('a damaged file is told with its place and with the way out, and what was copied is no store', async () => {
  const inner = new FaultyStorage({ random: seededRandom(1) });
  await copyStore(await source(), new EncryptedStorage(inner, KEY));
  inner.flipBit('b', 200, 0);
  const target = new MemoryStorage();
  await expect(copyStore(new EncryptedStorage(inner, KEY), target)).rejects.toMatchObject({
    code: 'CORRUPTION',
    file: 'b',
    offset: 128,
    message: expect.stringMatching(/flush\(\), close\(\) and copy again.*\(b at 128\)$/),
  });
  await expect(copyStore(target, new MemoryStorage())).rejects.toMatchObject({ code: 'COPY_UNFINISHED' });
});

test('a damaged log that is kept for changes() is copied as its readers see it, under a key and without', async () => {
  const from = await source();
  await from.acquire();
  const kept = await from.open('cdc-wal-0000000001.log', { create: true });
  kept.write(new Uint8Array(10_000).fill(5), 0);
  kept.close();
  await from.close();
  const inner = new FaultyStorage({ random: seededRandom(1) });
  await copyStore(from, new EncryptedStorage(inner, KEY));
  inner.flipBit('cdc-wal-0000000001.log', 5000, 0);
  const shownBy = async (storage: Storage) => {
    await storage.acquire();
    const file = await storage.open('cdc-wal-0000000001.log', { lenient: true });
    const bytes = new Uint8Array(file.size);
    file.read(bytes, 0);
    file.close();
    await storage.close();
    return bytes;
  };
  const shown = await shownBy(new EncryptedStorage(inner, KEY));
  expect([shown.length, new Set(shown)]).toEqual([10_000, new Set([5, 0xff])]);
  for (const over of [(disk: Storage) => disk, (disk: Storage) => new EncryptedStorage(disk, OTHER)]) {
    const target = new MemoryStorage();
    await copyStore(new EncryptedStorage(inner, KEY), over(target));
    expect(await shownBy(over(target))).toEqual(shown);
  }
});

test('a store that is no copy is never taken for the remains of one', async () => {
  const from = await source();
  const target = await source();
  for (const to of [target, new EncryptedStorage(target, KEY)]) {
    await expect(copyStore(from, to)).rejects.toMatchObject({ code: 'STORE_EXISTS' });
    expect(await contents(target)).toEqual([FILES, RECORDS]);
  }
});
