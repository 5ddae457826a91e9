import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CHUNK_BYTES, ChunkWriter } from './chunk-writer.ts';

/** Bytes of which each tells where it is. */
function counted(from: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++) bytes[i] = (from + i) * 31 + ((from + i) >>> 13);
  return bytes;
}

test('what is put comes out, in whole chunks but for those before a flush, whether the sink answers at once or keeps its chunks', async () => {
  const sizes = fc.array(fc.oneof(fc.nat(100), fc.integer({ min: CHUNK_BYTES - 9, max: CHUNK_BYTES * 2 + 9 })), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(sizes, fc.nat(6), fc.boolean(), fc.boolean(), async (puts, flushAt, isSlow, givesBack) => {
      const taken: Uint8Array[] = [];
      let writing = 0;
      let writingMax = 0;
      const out = new ChunkWriter((chunk) => {
        taken.push(chunk.slice());
        if (!isSlow) return givesBack ? chunk : undefined;
        writingMax = Math.max(writingMax, ++writing);
        return new Promise<Uint8Array | undefined>((resolve) => {
          setTimeout(() => {
            // It is the sink's as long as it has it.
            expect(Buffer.compare(chunk, taken.at(-1)!)).toBe(0);
            writing--;
            resolve(givesBack ? chunk : undefined);
          }, 0);
        });
      });
      let bytes = 0;
      for (const [i, size] of puts.entries()) {
        const given = counted(bytes, size);
        await out.put(given);
        given.fill(0);
        bytes += size;
        expect(out.bytes).toBe(bytes);
        if (i === flushAt) await out.flush();
      }
      await out.flush();
      expect(writing).toBe(0);
      expect(writingMax).toBeLessThanOrEqual(1);
      const all = new Uint8Array(bytes);
      let at = 0;
      for (const chunk of taken) {
        all.set(chunk, at);
        at += chunk.length;
      }
      expect(at).toBe(bytes);
      expect(Buffer.compare(all, counted(0, bytes))).toBe(0);
      expect(taken.filter(({ length }) => length !== CHUNK_BYTES).length).toBeLessThanOrEqual(2);
    }),
    { numRuns: 20 },
  );
});

test('while a sink takes a chunk the next one is gathered, and no further one', async () => {
  const waiting: (() => void)[] = [];
  const out = new ChunkWriter(() => new Promise<void>((resolve) => waiting.push(resolve)));
  await out.put(new Uint8Array(CHUNK_BYTES * 2));
  expect(waiting.length).toBe(1);
  let isTaken = false;
  const third = out.put(new Uint8Array(1)).then(() => {
    isTaken = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect([isTaken, waiting.length]).toEqual([false, 1]);
  waiting.shift()!();
  await third;
  expect(waiting.length).toBe(1);
  const settled = out.settled();
  waiting.shift()!();
  await settled;
});

test('of a sink that gives its chunks back two buffers are all there are, one where it does so at once', async () => {
  const buffers = new Set<ArrayBufferLike>();
  const kept = (chunk: Uint8Array) => {
    buffers.add(chunk.buffer);
    return chunk;
  };
  const given = new Uint8Array(CHUNK_BYTES / 4);
  let giveBack: () => void = () => undefined;
  const slow = new ChunkWriter(
    (chunk) =>
      new Promise<Uint8Array>((resolve) => {
        giveBack = () => resolve(kept(chunk));
      }),
  );
  for (let i = 0; i < 40; i++) {
    await slow.put(given);
    // The next chunk has been begun by now.
    giveBack();
    await new Promise((resolve) => setTimeout(resolve));
  }
  expect(buffers.size).toBe(2);
  buffers.clear();
  const quick = new ChunkWriter(kept);
  for (let i = 0; i < 40; i++) await quick.put(given);
  await quick.flush();
  expect(buffers.size).toBe(1);
});

test('what a sink throws comes out of the call behind it, and of no promise that nobody has', async () => {
  const out = new ChunkWriter((): Promise<void> => Promise.reject(new RangeError('full')));
  await out.put(new Uint8Array(CHUNK_BYTES + 1));
  await new Promise((resolve) => setTimeout(resolve, 5));
  await expect(out.flush()).rejects.toThrow('full');
  await out.settled();
  const now = new ChunkWriter(() => {
    throw new RangeError('full now');
  });
  await expect(now.put(new Uint8Array(CHUNK_BYTES + 1))).rejects.toThrow('full now');
});
