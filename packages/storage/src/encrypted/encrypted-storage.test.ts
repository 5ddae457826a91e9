import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemoryStorage } from '../memory/index.ts';
import type { StorageFile } from '../storage.ts';
import { FaultyStorage, seededRandom, storageContractCases } from '../testing/index.ts';
import { EncryptedStorage } from './encrypted-storage.ts';
import { FRAME_OVERHEAD, FRAME_SIZE, HEADER_SIZE } from './file-format.ts';

const KEY = { key: new Uint8Array(32).fill(7) };

/** What files of an encrypted store refuse. */
const notHere = [
  'overwriting inside a file keeps its size and its other bytes',
  'writing past the end fills the gap with zeros',
  'truncate cuts, and growing again shows zeros instead of old bytes',
];

function pattern(size: number, from = 0): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (i * 7 + (i >>> 8) + from) & 255);
}

function contentOf(file: StorageFile): Uint8Array {
  const bytes = new Uint8Array(file.size);
  expect(file.read(bytes, 0)).toBe(bytes.length);
  return bytes;
}

async function opened(inner: MemoryStorage | FaultyStorage = new MemoryStorage()): Promise<EncryptedStorage> {
  const storage = new EncryptedStorage(inner, KEY);
  await storage.acquire();
  return storage;
}

describe('an encrypted store keeps the storage contract but for overwriting', () => {
  for (const contractCase of storageContractCases) {
    if (notHere.includes(contractCase.name)) continue;
    test(`in memory: ${contractCase.name}`, () => contractCase.run(new EncryptedStorage(new MemoryStorage(), KEY)));
    test(`on a simulated disk: ${contractCase.name}`, () =>
      contractCase.run(new EncryptedStorage(new FaultyStorage({ random: seededRandom(1) }), KEY)));
  }
});

describe('a file of an encrypted store', () => {
  test('refuses to be overwritten, to have gaps and to be cut within a frame, and is as it was', async () => {
    const storage = await opened();
    const file = await storage.open('f', { create: true });
    file.write(pattern(100), 0);
    file.write(pattern(50), 100);
    const refused = expect.objectContaining({ code: 'ENCRYPTION_APPEND_ONLY' });
    expect(() => file.write(pattern(1), 50)).toThrow(refused);
    expect(() => file.write(pattern(1), 151)).toThrow(refused);
    expect(() => file.truncate(120)).toThrow(refused);
    expect(() => file.truncate(151)).toThrow(refused);
    expect(contentOf(file)).toEqual(new Uint8Array([...pattern(100), ...pattern(50)]));
    file.truncate(100);
    expect(contentOf(file)).toEqual(pattern(100));
    await storage.close();
  });

  test('is found again as it was, however it was written, cut and opened', async () => {
    const length = fc.oneof(fc.nat(300), fc.integer({ min: FRAME_SIZE - 3, max: FRAME_SIZE + 3 }), fc.nat(70_000));
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ kind: fc.constant('write' as const), length }) },
      fc.record({ kind: fc.constant('flush' as const) }),
      fc.record({ kind: fc.constant('reopen' as const), bulk: fc.boolean() }),
      fc.record({ kind: fc.constant('cut' as const), back: fc.nat(4) }),
      fc.record({ kind: fc.constant('read' as const), from: fc.nat(100_000), length: fc.nat(60_000) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(step, { maxLength: 25 }), async (bulk, steps) => {
        const storage = await opened();
        let plain = new Uint8Array(0);
        // Where frames surely end.
        let ends = [0];
        let file = await storage.open('f', { create: true, bulk });
        let isBulk = bulk;
        for (const [number, one] of steps.entries()) {
          if (one.kind === 'write') {
            const bytes = pattern(one.length, number);
            file.write(bytes, plain.length);
            plain = Uint8Array.from(Buffer.concat([plain, bytes]));
            if (!isBulk) ends.push(plain.length);
          } else if (one.kind === 'flush') {
            file.flush();
            ends.push(plain.length);
          } else if (one.kind === 'reopen') {
            file.close();
            ends.push(plain.length);
            file = await storage.open('f', { bulk: one.bulk });
            isBulk = one.bulk;
          } else if (one.kind === 'cut') {
            const to = ends[Math.max(0, ends.length - 1 - one.back)];
            file.truncate(to);
            plain = plain.slice(0, to);
            ends = ends.filter((end) => end <= to);
          } else {
            const target = new Uint8Array(one.length);
            const count = file.read(target, one.from);
            expect(count).toBe(Math.max(0, Math.min(one.length, plain.length - one.from)));
            expect(Buffer.compare(target.subarray(0, count), plain.subarray(one.from, one.from + count))).toBe(0);
          }
          expect(file.size).toBe(plain.length);
        }
        expect(Buffer.compare(contentOf(file), plain)).toBe(0);
        file.close();
        expect(Buffer.compare(contentOf(await storage.open('f')), plain)).toBe(0);
        await storage.close();
      }),
      { numRuns: 60 },
    );
  });

  test('that is written in bulk is full frames and a last one, and is opened by reading three pieces of it', async () => {
    const disk = new FaultyStorage({ random: seededRandom(1) });
    const storage = await opened(disk);
    const file = await storage.open('f', { create: true, bulk: true });
    const bytes = pattern(50 * FRAME_SIZE + 10);
    for (let at = 0; at < bytes.length; at += 777) file.write(bytes.subarray(at, at + 777), at);
    file.flush();
    file.close();
    expect(disk.contentOf('f')).toHaveLength(HEADER_SIZE + 51 * FRAME_OVERHEAD + bytes.length);
    const before = disk.counters.calls.read;
    const again = await storage.open('f');
    expect(disk.counters.calls.read - before).toBeLessThanOrEqual(5);
    expect(Buffer.compare(contentOf(again), bytes)).toBe(0);
    await storage.close();
  });

  test('has its name with it: renamed it may have two, and under another it is damaged', async () => {
    const disk = new FaultyStorage({ random: seededRandom(1) });
    const storage = await opened(disk);
    const file = await storage.open('a', { create: true });
    file.write(pattern(1000), 0);
    file.close();
    for (const [from, to] of [
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'a'],
    ]) {
      await storage.rename(from, to);
      const renamed = await storage.open(to);
      expect(contentOf(renamed)).toEqual(pattern(1000));
      renamed.close();
    }
    disk.place('stranger', disk.contentOf('a'));
    const stranger = await storage.open('stranger');
    expect(() => contentOf(stranger)).toThrow(expect.objectContaining({ code: 'CORRUPTION', file: 'stranger' }));
    await storage.close();
  });
});
