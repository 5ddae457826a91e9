import type { Storage, StorageFile } from '../storage.ts';
import { failsWith, pattern, same, sameBytes } from './expect.ts';
import { catalogCases } from './storage-contract-catalog.ts';

/** One promise of `Storage`. */
export interface StorageContractCase {
  /** The behaviour, as a sentence. */
  readonly name: string;
  /**
   * Throws unless the storage keeps the promise. Wants a fresh, empty storage that is not acquired and can be acquired again
   * after `close` with what it held; leaves it closed.
   */
  run(storage: Storage): Promise<void>;
}

/** The promises of an open file and of the directory. */
const fileCases: StorageContractCase[] = [
  opened('a new file is empty and appears in the list', async (storage) => {
    const file = await storage.open('a-Data.db', { create: true });
    same([file.name, file.size], ['a-Data.db', 0], 'new file');
    same(await storage.list(), ['a-Data.db'], 'list');
    same([await storage.exists('a-Data.db'), await storage.exists('b-Data.db')], [true, false], 'exists');
  }),
  opened('opening what is not there fails and creates nothing', async (storage) => {
    await failsWith('FILE_NOT_FOUND', () => storage.open('missing'));
    same(await storage.list(), [], 'list');
  }),
  opened('opening with create keeps what a file holds', async (storage) => {
    await put(storage, 'f', pattern(10));
    const file = await storage.open('f', { create: true });
    sameBytes(readAll(file), pattern(10), 'content');
  }),
  opened('what was written is read back, in one piece and in parts', async (storage) => {
    const file = await storage.open('f', { create: true });
    const bytes = pattern(200_000);
    for (let at = 0; at < bytes.length; at += 7_777) file.write(bytes.subarray(at, at + 7_777), at);
    same(file.size, bytes.length, 'size');
    sameBytes(readAll(file), bytes, 'whole');
    const part = new Uint8Array(1_000);
    same(file.read(part, 65_000), 1_000, 'count');
    sameBytes(part, bytes.subarray(65_000, 66_000), 'part');
  }),
  opened('a read is short only at the end of the file and leaves the rest of its target alone', async (storage) => {
    const file = await storage.open('f', { create: true });
    file.write(pattern(10), 0);
    const target = new Uint8Array(8).fill(255);
    same(file.read(target, 6), 4, 'count');
    same(target, [6, 7, 8, 9, 255, 255, 255, 255], 'target');
    same([file.read(target, 10), file.read(target, 1_000), file.read(new Uint8Array(0), 0)], [0, 0, 0], 'nothing there');
  }),
  opened('overwriting inside a file keeps its size and its other bytes', async (storage) => {
    const file = await storage.open('f', { create: true });
    file.write(pattern(100), 0);
    file.write(Uint8Array.of(255, 254), 50);
    const expected = pattern(100);
    expected.set([255, 254], 50);
    sameBytes(readAll(file), expected, 'content');
  }),
  opened('writing past the end fills the gap with zeros', async (storage) => {
    const file = await storage.open('f', { create: true });
    file.write(Uint8Array.of(1), 0);
    file.write(Uint8Array.of(2), 70_000);
    const expected = new Uint8Array(70_001);
    expected[0] = 1;
    expected[70_000] = 2;
    sameBytes(readAll(file), expected, 'content');
  }),
  opened('writing nothing changes nothing', async (storage) => {
    const file = await storage.open('f', { create: true });
    file.write(new Uint8Array(0), 100);
    same(file.size, 0, 'size');
  }),
  opened('truncate cuts, and growing again shows zeros instead of old bytes', async (storage) => {
    const file = await storage.open('f', { create: true });
    file.write(pattern(1_000, 1), 0);
    file.truncate(10);
    same(file.size, 10, 'size after the cut');
    file.truncate(20);
    const expected = new Uint8Array(20);
    expected.set(pattern(10, 1));
    sameBytes(readAll(file), expected, 'content');
    file.truncate(0);
    same(file.size, 0, 'size at the end');
  }),
  opened('the buffer of a write can be used again at once', async (storage) => {
    const file = await storage.open('f', { create: true });
    const buffer = Uint8Array.of(1, 2, 3);
    file.write(buffer, 0);
    buffer.fill(9);
    same(readAll(file), [1, 2, 3], 'content');
  }),
  opened('a part of a larger buffer is written, and read into, as that part', async (storage) => {
    const file = await storage.open('f', { create: true });
    file.write(pattern(100).subarray(40, 50), 0);
    const target = new Uint8Array(30);
    same(file.read(target.subarray(10, 20), 0), 10, 'count');
    const expected = new Uint8Array(30);
    expected.set(pattern(10, 40), 10);
    sameBytes(target, expected, 'target');
  }),
  opened('an open file cannot be opened, removed, renamed or replaced', async (storage) => {
    await put(storage, 'g', pattern(1));
    const file = await storage.open('f', { create: true });
    await failsWith('FILE_IN_USE', () => storage.open('f'));
    await failsWith('FILE_IN_USE', () => storage.remove('f'));
    await failsWith('FILE_IN_USE', () => storage.rename('f', 'h'));
    await failsWith('FILE_IN_USE', () => storage.rename('g', 'f'));
    file.close();
    const again = await storage.open('f');
    again.close();
    await storage.remove('f');
    same(await storage.list(), ['g'], 'list');
  }),
  opened('of two calls that open one file at once, one gets it', async (storage) => {
    const outcomes = await Promise.allSettled([storage.open('f', { create: true }), storage.open('f', { create: true })]);
    same(outcomes.map((outcome) => outcome.status).sort(), ['fulfilled', 'rejected'], 'outcomes');
  }),
  opened('a closed file refuses everything but closing again', async (storage) => {
    const file = await storage.open('f', { create: true });
    file.close();
    file.close();
    await failsWith('FILE_CLOSED', () => file.read(new Uint8Array(1), 0));
    await failsWith('FILE_CLOSED', () => file.write(new Uint8Array(1), 0));
    await failsWith('FILE_CLOSED', () => file.truncate(0));
    await failsWith('FILE_CLOSED', () => file.flush());
  }),
  opened('a position that is negative or not whole is a bug of the caller', async (storage) => {
    const file = await storage.open('f', { create: true });
    await failsWith('ASSERTION', () => file.write(pattern(1), -1));
    await failsWith('ASSERTION', () => file.read(new Uint8Array(1), 0.5));
    await failsWith('ASSERTION', () => file.truncate(Number.NaN));
  }),
  opened('removing takes a file away, and what is not there is no error', async (storage) => {
    await put(storage, 'f', pattern(10));
    await storage.remove('f');
    await storage.remove('f');
    same([await storage.exists('f'), await storage.list()], [false, []], 'gone');
  }),
  opened('renaming moves the content and replaces a file of the new name', async (storage) => {
    await put(storage, 'old', pattern(100_000));
    await put(storage, 'new', pattern(5, 200));
    await storage.rename('old', 'new');
    same(await storage.list(), ['new'], 'list');
    sameBytes(readAll(await storage.open('new')), pattern(100_000), 'content');
    await failsWith('FILE_NOT_FOUND', () => storage.rename('old', 'other'));
  }),
  opened('renaming a file to its own name changes nothing', async (storage) => {
    await put(storage, 'f', pattern(10));
    await storage.rename('f', 'f');
    sameBytes(readAll(await storage.open('f')), pattern(10), 'content');
  }),
  opened('names are listed sorted by code unit', async (storage) => {
    for (const name of ['b', 'a', 'nb-10-big-Data.db', 'nb-1-big-Data.db', 'Z']) await put(storage, name, pattern(1));
    same(await storage.list(), ['Z', 'a', 'b', 'nb-1-big-Data.db', 'nb-10-big-Data.db'], 'list');
  }),
  opened('names that could leave the folder or are kept for the storage are refused', async (storage) => {
    for (const name of ['', '.', '..', '../x', 'a/b', 'a\\b', '.hidden', 'a\0', 'ä', 'lock', 'catalog', 'x'.repeat(201)]) {
      await failsWith('INVALID_FILE_NAME', () => storage.open(name, { create: true }));
      await failsWith('INVALID_FILE_NAME', () => storage.remove(name));
      await failsWith('INVALID_FILE_NAME', () => storage.exists(name));
    }
    same(await storage.list(), [], 'list');
  }),
  opened('many files can be open at once', async (storage) => {
    const files: StorageFile[] = [];
    for (let i = 0; i < 40; i++) files.push(await storage.open(`f${i}`, { create: true }));
    files.forEach((file, i) => {
      file.write(pattern(i + 1, i), 0);
    });
    files.forEach((file, i) => {
      sameBytes(readAll(file), pattern(i + 1, i), file.name);
    });
  }),
  opened('the estimate has room for what is there', async (storage) => {
    await put(storage, 'f', pattern(10_000));
    const { usage, quota } = await storage.estimate();
    if (usage !== undefined && quota !== undefined) same(usage <= quota, true, 'usage within quota');
  }),
];

/** The promises of `acquire` and `close`. */
const sessionCases: StorageContractCase[] = [
  {
    name: 'before acquire and after close everything is refused',
    run: async (storage) => {
      await refusesAll(storage);
      await storage.acquire();
      await storage.close();
      await refusesAll(storage);
    },
  },
  {
    name: 'acquiring twice is refused, and the first one goes on',
    run: async (storage) => {
      await storage.acquire();
      await failsWith('STORE_LOCKED', () => storage.acquire());
      await put(storage, 'f', pattern(3));
      same(await storage.list(), ['f'], 'list');
      await storage.close();
    },
  },
  {
    name: 'content survives closing and acquiring again',
    run: async (storage) => {
      await storage.acquire();
      await put(storage, 'f', pattern(150_000));
      await storage.sync();
      await storage.close();
      await storage.close();
      await storage.acquire();
      same(await storage.list(), ['f'], 'list');
      sameBytes(readAll(await storage.open('f')), pattern(150_000), 'content');
      await storage.close();
    },
  },
  {
    name: 'closing the store closes its files',
    run: async (storage) => {
      await storage.acquire();
      const file = await storage.open('f', { create: true });
      await storage.close();
      await failsWith('FILE_CLOSED', () => file.write(pattern(1), 0));
      await storage.acquire();
      const again = await storage.open('f');
      file.close();
      await failsWith('FILE_IN_USE', () => storage.open('f'));
      again.close();
      await storage.close();
    },
  },
];

/** All promises of `Storage` and `Catalog` that can be seen without a crash. */
export const storageContractCases: readonly StorageContractCase[] = [...fileCases, ...sessionCases, ...catalogCases];

/** For storages that two objects can open at one place: the second is refused until the first has closed. */
export async function checkSecondWriter(first: Storage, second: Storage): Promise<void> {
  await first.acquire();
  await put(first, 'f', pattern(10));
  await failsWith('STORE_LOCKED', () => second.acquire());
  await failsWith('STORAGE_CLOSED', () => second.list());
  same(await first.list(), ['f'], 'the first goes on');
  await first.close();
  await second.acquire();
  sameBytes(readAll(await second.open('f')), pattern(10), 'content');
  await failsWith('STORE_LOCKED', () => first.acquire());
  await second.close();
}

function opened(name: string, body: (storage: Storage) => Promise<void>): StorageContractCase {
  return {
    name,
    run: async (storage) => {
      await storage.acquire();
      try {
        await body(storage);
      } finally {
        await storage.close();
      }
    },
  };
}

async function put(storage: Storage, name: string, bytes: Uint8Array): Promise<void> {
  const file = await storage.open(name, { create: true });
  file.write(bytes, 0);
  file.flush();
  file.close();
}

function readAll(file: StorageFile): Uint8Array {
  const bytes = new Uint8Array(file.size);
  same(file.read(bytes, 0), bytes.length, `bytes read of ${file.name}`);
  return bytes;
}

async function refusesAll(storage: Storage): Promise<void> {
  await failsWith('STORAGE_CLOSED', () => storage.open('f', { create: true }));
  await failsWith('STORAGE_CLOSED', () => storage.exists('f'));
  await failsWith('STORAGE_CLOSED', () => storage.list());
  await failsWith('STORAGE_CLOSED', () => storage.remove('f'));
  await failsWith('STORAGE_CLOSED', () => storage.rename('f', 'g'));
  await failsWith('STORAGE_CLOSED', () => storage.sync());
  await failsWith('STORAGE_CLOSED', () => storage.estimate());
  await failsWith('STORAGE_CLOSED', () => storage.catalog.load());
  await failsWith('STORAGE_CLOSED', () => storage.catalog.commit({ put: new Map([['a', 1]]) }));
}
