import { expect, test } from 'vitest';
import { TimeUuid, Uuid } from './index.ts';

test('random UUIDs are of version 4 and of the variant that everyone uses, and none comes twice', () => {
  const made = Array.from({ length: 1000 }, () => Uuid.random());
  expect(new Set(made.map(String)).size).toBe(1000);
  for (const uuid of made) {
    expect([uuid.version, uuid.bytes[8] >> 6]).toEqual([4, 2]);
    expect(Uuid.parse(uuid.toString())).toEqual(uuid);
  }
});

test('a random UUID has the bytes it is given, but for version and variant', () => {
  expect(String(Uuid.random((count) => new Uint8Array(count).fill(0xff)))).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff');
  expect(String(Uuid.random((count) => new Uint8Array(count)))).toBe('00000000-0000-4000-8000-000000000000');
});

test('time UUIDs of now only grow and say the time', () => {
  const before = Date.now();
  const made = Array.from({ length: 20_000 }, () => TimeUuid.now());
  for (let i = 1; i < made.length; i++) expect(made[i].steps > made[i - 1].steps).toBe(true);
  const [first] = made;
  expect(first.version).toBe(1);
  expect(first.milliseconds).toBeGreaterThanOrEqual(before);
  expect(made[1].bytes.subarray(8)).toEqual(first.bytes.subarray(8));
});
