import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { FileHashes } from './file-hashes.ts';

const bytesOf = (size: number) => new Uint8Array(size).fill(size & 0xff).fill(7, size >>> 1);
const hex = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test('files small, large and too large to be kept have the digests that they have, and the platform makes those of the large ones', async () => {
  const asked: number[] = [];
  let underWay = 0;
  const hashes = new FileHashes(async (bytes) => {
    asked.push(bytes.length);
    expect(++underWay).toBe(1);
    // The bytes are the caller's again when the call has returned.
    const digest = createHash('sha256').update(bytes).digest();
    await new Promise((resolve) => setTimeout(resolve, 2));
    underWay--;
    return digest;
  });
  const ours = new FileHashes(undefined);
  const sizes = [0, 5, 40_000, 3_000_000, 40_000, (24 << 20) + 1];
  const told: string[] = [];
  const toldByOurs: string[] = [];
  for (const [i, size] of sizes.entries()) {
    const file = bytesOf(size);
    for (const [made, into] of [
      [hashes, told],
      [ours, toldByOurs],
    ] as const) {
      const hash = made.begin(size);
      for (let at = 0; at < size; at += 700_001) hash.update(file.subarray(at, at + 700_001));
      await hash.end((sha256) => {
        into[i] = sha256;
      });
    }
  }
  await hashes.settled();
  const expected = sizes.map((size) => hex(bytesOf(size)));
  expect(told).toEqual(expected);
  expect(toldByOurs).toEqual(expected);
  expect(asked).toEqual([40_000, 3_000_000, 40_000]);
});

test('a platform that fails is told of by the end of all', async () => {
  const hashes = new FileHashes(() => Promise.reject(new RangeError('no memory')));
  await hashes.begin(40_000).end(() => undefined);
  await expect(hashes.settled()).rejects.toThrow('no memory');
});
