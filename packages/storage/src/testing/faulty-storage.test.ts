import { expect, test } from 'vitest';
import type { Storage } from '../storage.ts';
import { pattern } from './expect.ts';
import { FaultyStorage } from './faulty-storage.ts';
import { seededRandom } from './random.ts';
import type { CrashTemper } from './simulated-file.ts';

async function acquired(seed = 1, quotaBytes?: number): Promise<FaultyStorage> {
  const storage = new FaultyStorage({ random: seededRandom(seed), ...(quotaBytes === undefined ? {} : { quotaBytes }) });
  await storage.acquire();
  return storage;
}

async function put(storage: Storage, name: string, bytes: Uint8Array, flush: boolean): Promise<void> {
  const file = await storage.open(name, { create: true });
  file.write(bytes, 0);
  if (flush) file.flush();
  file.close();
}

/** Each outcome of `seeds` crashes after the same calls, as text, sorted, once. */
async function outcomes(
  calls: (storage: FaultyStorage) => Promise<void>,
  look: (disk: FaultyStorage) => string,
): Promise<string[]> {
  const seen = new Set<string>();
  for (let seed = 0; seed < 300; seed++) {
    const storage = await acquired(seed);
    await calls(storage);
    seen.add(look(storage.crash()));
  }
  return [...seen].sort();
}

test('what was flushed survives every crash, with its name', async () => {
  const seen = await outcomes(
    async (storage) => {
      await put(storage, 'a', pattern(2_000), true);
    },
    (disk) => `${disk.names.join()} ${Buffer.compare(disk.contentOf('a'), pattern(2_000))}`,
  );
  expect(seen).toEqual(['a 0']);
});

test('what was not flushed is lost, kept or torn, and its name may be lost', async () => {
  const seen = await outcomes(
    async (storage) => {
      await put(storage, 'a', pattern(3_000, 1), false);
    },
    (disk) => {
      if (!disk.names.includes('a')) return 'no name';
      const content = disk.contentOf('a');
      if (content.length === 0) return 'empty';
      return Buffer.compare(content, pattern(3_000, 1)) === 0 ? 'whole' : content.length === 3_000 ? 'holes' : 'cut';
    },
  );
  expect(seen).toEqual(['cut', 'empty', 'holes', 'no name', 'whole']);
});

test('unflushed writes may reach the disk out of order', async () => {
  const seen = await outcomes(
    async (storage) => {
      await put(storage, 'a', Uint8Array.of(0), true);
      const file = await storage.open('a');
      file.write(Uint8Array.of(1), 0);
      file.write(Uint8Array.of(2), 0);
      file.truncate(2);
    },
    (disk) => [...disk.contentOf('a')].join(),
  );
  expect(seen).toEqual(['0', '0,0', '1', '1,0', '2', '2,0']);
});

test('removals and renames may be undone until they are synced, and a rename is never half done', async () => {
  const change = async (storage: FaultyStorage): Promise<void> => {
    for (const name of ['a', 'b', 'c']) await put(storage, name, pattern(1), true);
    await storage.remove('a');
    await storage.rename('b', 'd');
  };
  expect(await outcomes(change, (disk) => disk.names.join())).toEqual(['a,b,c', 'a,c,d', 'b,c', 'c,d']);
  const synced = async (storage: FaultyStorage): Promise<void> => {
    await change(storage);
    await storage.sync();
  };
  expect(await outcomes(synced, (disk) => disk.names.join())).toEqual(['c,d']);
});

test('flushing a renamed file makes its new name durable, not other changes', async () => {
  const seen = await outcomes(
    async (storage) => {
      for (const name of ['a', 'b']) await put(storage, name, pattern(1), true);
      await storage.remove('a');
      await storage.rename('b', 'd');
      const file = await storage.open('d');
      file.flush();
    },
    (disk) => disk.names.join(),
  );
  expect(seen).toEqual(['a,d', 'd']);
});

test('a commit that resolved survives, one under way is there whole or not at all', async () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < 50; seed++) {
    const storage = await acquired(seed);
    await storage.catalog.commit({ put: new Map([['a', 1]]) });
    storage.crashAfter(0);
    const commit = storage.catalog.commit({
      put: new Map([
        ['b', 2],
        ['c', 3],
      ]),
      delete: ['a'],
    });
    await expect(commit).rejects.toMatchObject({ code: 'SIMULATED_CRASH' });
    const disk = storage.crash();
    await disk.acquire();
    seen.add(JSON.stringify([...(await disk.catalog.load())]));
  }
  expect([...seen].sort()).toEqual(['[["a",1]]', '[["b",2],["c",3]]']);
});

test('after the crash every operation fails, on open files too', async () => {
  const storage = await acquired();
  const file = await storage.open('a', { create: true });
  storage.crashAfter(1);
  file.write(pattern(10), 0);
  expect(() => file.flush()).toThrow(expect.objectContaining({ code: 'SIMULATED_CRASH' }));
  expect(storage.crashed).toBe(true);
  for (const call of [() => file.write(pattern(1), 0), () => file.read(new Uint8Array(1), 0), () => file.truncate(0)]) {
    expect(call).toThrow(expect.objectContaining({ code: 'SIMULATED_CRASH' }));
  }
  await expect(storage.list()).rejects.toMatchObject({ code: 'SIMULATED_CRASH' });
  await expect(storage.catalog.load()).rejects.toMatchObject({ code: 'SIMULATED_CRASH' });
});

test('the same calls with the same seed leave the same disk', async () => {
  const run = async (seed: number): Promise<string> => {
    const storage = await acquired(seed);
    for (const name of ['a', 'b']) await put(storage, name, pattern(5_000), false);
    const disk = storage.crash();
    return JSON.stringify(disk.names.map((name) => [name, [...disk.contentOf(name)]]));
  };
  for (let seed = 0; seed < 20; seed++) expect(await run(seed)).toBe(await run(seed));
});

test('the n-th operation of a kind fails, as often as asked for, with the error asked for', async () => {
  const storage = await acquired();
  const file = await storage.open('a', { create: true });
  storage.failOn('write', 2, 'full', 2);
  const write = (): string => {
    try {
      file.write(pattern(3), file.size);
      return 'ok';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  expect([write(), write(), write(), write()]).toEqual(['ok', 'STORAGE_FULL', 'STORAGE_FULL', 'ok']);
  expect(file.size).toBe(6);
  storage.failOn('remove', 1);
  await expect(storage.remove('b')).rejects.toMatchObject({ code: 'STORAGE_IO' });
  storage.failOn('commit', 1, 'full');
  await expect(storage.catalog.commit({ put: new Map([['x', 1]]) })).rejects.toMatchObject({ code: 'STORAGE_FULL' });
  expect(await storage.catalog.load()).toEqual(new Map());
});

test('a flush that failed is not made good by the next one: the file must be opened again', async () => {
  const storage = await acquired();
  const file = await storage.open('a', { create: true });
  file.write(pattern(3), 0);
  storage.failOn('flush', 1);
  expect(() => file.flush()).toThrow(expect.objectContaining({ code: 'STORAGE_IO' }));
  expect(() => file.flush()).toThrow(expect.objectContaining({ code: 'FLUSH_FAILED' }));
});

test('past the quota files and catalog stop growing, overwriting and shrinking go on', async () => {
  const storage = await acquired(1, 1_000);
  const file = await storage.open('a', { create: true });
  file.write(pattern(1_000), 0);
  expect(() => file.write(pattern(2), 999)).toThrow(expect.objectContaining({ code: 'STORAGE_FULL' }));
  expect(() => file.truncate(1_001)).toThrow(expect.objectContaining({ code: 'STORAGE_FULL' }));
  await expect(storage.catalog.commit({ put: new Map([['x', 1]]) })).rejects.toMatchObject({ code: 'STORAGE_FULL' });
  file.write(pattern(1_000, 7), 0);
  file.flush();
  expect(await storage.estimate()).toEqual({ usage: 1_000, quota: 1_000 });
  file.truncate(500);
  await storage.catalog.commit({ put: new Map([['x', 1]]) });
  storage.quotaBytes = 2_000;
  file.write(pattern(1_400), 0);
  expect(file.size).toBe(1_400);
});

test('counters tell calls and bytes', async () => {
  const storage = await acquired();
  const file = await storage.open('a', { create: true });
  file.write(pattern(10), 0);
  file.write(pattern(5), 10);
  file.flush();
  file.read(new Uint8Array(100), 3);
  const { calls, changes, bytesWritten, bytesRead } = storage.counters;
  const { open, create, write, flush, read, commit } = calls;
  expect({ open, create, write, flush, read, commit, changes, bytesWritten, bytesRead }).toEqual({
    open: 1,
    create: 1,
    write: 2,
    flush: 1,
    read: 1,
    commit: 0,
    changes: 4,
    bytesWritten: 15,
    bytesRead: 12,
  });
});

test('a flipped bit is there for readers and after a crash', async () => {
  const storage = await acquired();
  await put(storage, 'a', Uint8Array.of(0, 0, 0), true);
  storage.flipBit('a', 1, 7);
  expect([...storage.contentOf('a')]).toEqual([0, 128, 0]);
  expect([...storage.crash('lose').contentOf('a')]).toEqual([0, 128, 0]);
});

test('tempers: lose keeps nothing unflushed, keep keeps all', async () => {
  const names = async (temper: CrashTemper): Promise<string[]> => {
    const storage = await acquired();
    await put(storage, 'a', pattern(9), false);
    return storage.crash(temper).names;
  };
  expect([await names('lose'), await names('keep')]).toEqual([[], ['a']]);
});

test('an image is what a crash would leave, of any moment, and what is taken of goes on', async () => {
  const seen: string[] = [];
  const storage: FaultyStorage = new FaultyStorage({
    random: seededRandom(1),
    onChange: (kind) => {
      const image = storage.image({ random: seededRandom(2) }, 'lose');
      seen.push(`${kind}: ${image.names.map((name) => `${name} ${image.contentOf(name).length}`).join()}`);
    },
  });
  await storage.acquire();
  await put(storage, 'a', pattern(100), true);
  await put(storage, 'b', pattern(100), false);
  await storage.catalog.commit({ put: new Map([['key', 1]]) });
  await storage.sync();
  expect(seen).toEqual([
    'create: ',
    'write: ',
    'flush: ',
    'create: a 100',
    'write: a 100',
    'commit: a 100',
    'commit: a 100',
    'sync: a 100',
  ]);
  expect(storage.crash('lose').names).toEqual(['a', 'b']);
  expect(storage.contentOf('b')).toHaveLength(100);
});

test('the fingerprint of a disk is that of another one that has the same names, bytes and catalog, and of no other', async () => {
  const made = async (name: string, bytes: Uint8Array, value: number): Promise<string> => {
    const storage = await acquired();
    await put(storage, name, bytes, true);
    await storage.catalog.commit({ put: new Map([['x', value]]) });
    const before = storage.fingerprint();
    await storage.sync();
    expect(storage.crash().fingerprint()).toBe(before);
    return before;
  };
  const one = await made('a', pattern(1000), 1);
  expect(await made('a', pattern(1000), 1)).toBe(one);
  const others = [await made('b', pattern(1000), 1), await made('a', pattern(999), 1), await made('a', pattern(1000), 2)];
  expect(others).not.toContain(one);
});

test('a snapshot reads a file that somebody has open, as it was, counts and fails as other reads do, and ends with the file', async () => {
  const storage = await acquired();
  await put(storage, 'a', pattern(100), false);
  const held = await storage.open('a');
  const snapshot = storage.snapshot('a');
  held.write(pattern(50), 100);
  const read = new Uint8Array(200);
  expect([snapshot.size, snapshot.read(read, 10)]).toEqual([100, 90]);
  expect(read.subarray(0, 90)).toEqual(pattern(100).subarray(10));
  expect(storage.counters.calls.read).toBe(1);
  storage.failOn('read', 1);
  expect(() => snapshot.read(read, 0)).toThrow(expect.objectContaining({ code: 'STORAGE_IO' }));
  expect(() => snapshot.write(read, 0)).toThrow(expect.objectContaining({ code: 'STORAGE_IO' }));
  held.close();
  await storage.remove('a');
  expect(() => snapshot.read(read, 0)).toThrow(expect.objectContaining({ code: 'FILE_NOT_FOUND' }));
  expect(() => storage.snapshot('b')).toThrow(expect.objectContaining({ code: 'FILE_NOT_FOUND' }));
});
