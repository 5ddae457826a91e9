import { Component, nb } from '@cassette/sstable';
import { MemoryStorage, StorageError, type StorageFile, type StorageFiles } from '@cassette/storage';
import { expect, test } from 'vitest';
import { SSTableSinks } from './sstable-sinks.ts';

const KIB = new Uint8Array(1024);

/** A storage whose files are flushed beside their writer: each time when the test says so, with the error that it gives. */
async function setUp() {
  const memory = new MemoryStorage();
  await memory.acquire();
  const calls: string[] = [];
  const ends: ((error?: unknown) => void)[] = [];
  const wrapped = (file: StorageFile): StorageFile => ({
    name: file.name,
    get size() {
      return file.size;
    },
    read: (target, position) => file.read(target, position),
    truncate: (size) => file.truncate(size),
    write: (bytes, position) => file.write(bytes, position),
    flush: () => {
      calls.push('flush');
      file.flush();
    },
    flushAhead: () => {
      calls.push('ahead');
      return new Promise((resolve, reject) => ends.push((error) => (error === undefined ? resolve() : reject(error))));
    },
    close: () => {
      calls.push('close');
      file.close();
    },
  });
  const storage: StorageFiles = {
    description: memory.description,
    open: async (name, options) => wrapped(await memory.open(name, options)),
    exists: (name) => memory.exists(name),
    remove: (name) => memory.remove(name),
  };
  const sinks = await SSTableSinks.open(storage, 'a'.repeat(32), { version: nb, id: '1' });
  return { memory, sinks, calls, ends, data: sinks.sink(Component.DATA) };
}

async function settled(): Promise<void> {
  for (let i = 0; i < 10; i++) await null;
}

test('a part is made durable beside the writer, one at a time, and all of it before the file is complete', async () => {
  const { sinks, calls, ends, data } = await setUp();
  for (let i = 0; i < 3; i++) data.write(KIB);
  expect(sinks.hasGathered(2048)).toBe(true);
  sinks.flushGathered(2048);
  for (let i = 0; i < 5; i++) data.write(KIB);
  // What gathers meanwhile waits for its end.
  expect(sinks.hasGathered(2048)).toBe(false);
  ends.shift()?.();
  await settled();
  expect(sinks.hasGathered(4096)).toBe(true);
  expect(sinks.hasGathered(5120)).toBe(false);
  sinks.flushGathered(4096);
  const stored = sinks.store();
  await settled();
  expect(calls).toEqual(['ahead', 'ahead']);
  // The one under way, one for the rest, and the index's.
  for (let i = 0; i < 3; i++) {
    ends.shift()?.();
    await settled();
  }
  expect((await stored).components).toMatchObject({ [Component.DATA]: 8192, [Component.INDEX]: 0 });
  expect(calls).toEqual(['ahead', 'ahead', 'ahead', 'flush', 'close', 'ahead', 'flush', 'close']);
});

test('where the disk is slower than the writer, the writer waits for it', async () => {
  const { sinks, calls, data, ends } = await setUp();
  const large = new Uint8Array(9 << 20);
  data.write(KIB);
  sinks.flushGathered(1);
  data.write(large);
  expect(sinks.hasGathered(1)).toBe(true);
  sinks.flushGathered(1);
  expect(calls).toEqual(['ahead', 'flush']);
  expect(sinks.hasGathered(1)).toBe(false);
  ends.shift()?.();
  await settled();
  expect(sinks.hasGathered(1)).toBe(false);
  await sinks.abandon();
});

test('what fails beside the writer is told by the next part, and by the end; the files go when that is over', async () => {
  const full = new StorageError('STORAGE_FULL', 'full');
  const { sinks, data, ends, memory, calls } = await setUp();
  data.write(KIB);
  sinks.flushGathered(0);
  ends.shift()?.(full);
  await settled();
  data.write(KIB);
  expect(() => sinks.flushGathered(0)).toThrow(full);
  await expect(sinks.store()).rejects.toBe(full);
  await sinks.abandon();
  expect(calls).toEqual(['ahead', 'close', 'close']);
  expect(await memory.list()).toEqual([]);

  const other = await setUp();
  other.data.write(KIB);
  other.sinks.flushGathered(0);
  const abandoned = other.sinks.abandon();
  await settled();
  expect(other.calls).toEqual(['ahead']);
  other.ends.shift()?.();
  await abandoned;
  expect(other.calls).toEqual(['ahead', 'close', 'close']);
  expect(await other.memory.list()).toEqual([]);
});
