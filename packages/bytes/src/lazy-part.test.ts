import { expect, test } from 'vitest';
import { LazyPart, limitPartWaits, loadParts, PartNotLoadedError, PartUnavailableError, withParts } from './lazy-part.ts';

test('a part is imported once, by the first that needs it, and is there from then on', async () => {
  let imports = 0;
  const part = new LazyPart('sums', async () => ({ sum: (a: number, b: number) => a + b, nth: ++imports }));
  expect(part.isLoaded).toBe(false);
  expect(() => part.module).toThrow(PartNotLoadedError);
  const [first, second] = await Promise.all([part.load(), part.load()]);
  expect(first).toBe(second);
  expect(part.isLoaded).toBe(true);
  expect(part.module.sum(1, 2)).toBe(3);
  expect(imports).toBe(1);
});

test('work that needs parts is done again after each was loaded, and its own errors are told as they are', async () => {
  const words: string[] = [];
  const one = new LazyPart('one', async () => ({ word: 'a' }));
  const two = new LazyPart('two', async () => ({ word: 'b' }));
  const work = () => {
    words.push('begun');
    return one.module.word + two.module.word;
  };
  expect(await withParts(work)).toBe('ab');
  expect(words).toEqual(['begun', 'begun', 'begun']);
  await expect(
    withParts(() => {
      throw new RangeError('no');
    }),
  ).rejects.toThrow(RangeError);
});

test('a part that could not be loaded says so, and is tried again by the next call', async () => {
  const cause = new TypeError('Failed to fetch dynamically imported module: https://a.test/upload-1.js');
  let isOnline = false;
  const part = new LazyPart('upload', () => (isOnline ? Promise.resolve({ ok: true }) : Promise.reject(cause)));
  const error = await withParts(() => part.module).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(PartUnavailableError);
  expect(error).toMatchObject({ code: 'PART_UNAVAILABLE', part: 'upload', data: { part: 'upload' }, cause });
  expect((error as Error).message).toBe(
    "Cassette's part \"upload\" could not be loaded (Failed to fetch dynamically imported module: https://a.test/upload-1.js). Nothing was changed by this call: try again when the network is there. If it stays so, a newer version of the app was deployed while this page was open, without the files of this one: reload the page. A service worker can load nothing late: there, import '@cassette/client/parts' first.",
  );
  isOnline = true;
  expect(await part.load()).toEqual({ ok: true });
});

test('all parts can be loaded at once, those that a part brings as well', async () => {
  let inner: LazyPart<{ depth: number }> | null = null;
  const outer = new LazyPart('outer', async () => {
    inner ??= new LazyPart('inner', async () => ({ depth: 2 }));
    return { depth: 1 };
  });
  await loadParts();
  expect(outer.module.depth).toBe(1);
  expect((inner as unknown as LazyPart<{ depth: number }>).module.depth).toBe(2);
});

test('a part that neither comes nor fails is not waited for without end, and is there where it comes late', async () => {
  let come: (module: { word: string }) => void = () => undefined;
  let imports = 0;
  const part = new LazyPart('slow', () => {
    imports++;
    return new Promise<{ word: string }>((resolve) => (come = resolve));
  });
  let isLongEnough: () => void = () => undefined;
  limitPartWaits(() => new Promise((resolve) => (isLongEnough = resolve)));
  const first = part.load();
  isLongEnough();
  await expect(first).rejects.toMatchObject({ code: 'PART_UNAVAILABLE', part: 'slow' });
  const second = part.load();
  expect(imports).toBe(2);
  come({ word: 'late' });
  expect(await second).toEqual({ word: 'late' });
  expect(part.module.word).toBe('late');
  limitPartWaits(() => new Promise(() => undefined));
});
