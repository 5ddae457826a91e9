// What a large import has to keep to: few buffers whatever its size, an end as soon as it is asked to end, nothing left of it then.

import { MemoryStorage } from '@cassette/storage';
import { beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../database/index.ts';
import type { ImportProgress, ImportSource } from './import-options.ts';
import { filesOf, surveyStore, zipOf } from './testing/imports.ts';

let zip: Uint8Array<ArrayBuffer>;
let large: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  const source = await surveyStore();
  zip = await zipOf(source, { compact: false });
  await source.close();
  const schema = `CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
    CREATE TABLE k.t (a int PRIMARY KEY, v blob) WITH compression = {'enabled': 'false'};`;
  const db = await openDatabase({ storage: new MemoryStorage(), schema });
  const value = new Uint8Array(32 * 1024).fill(7);
  await db.executeMany(
    'INSERT INTO k.t (a, v) VALUES (?, ?)',
    Array.from({ length: 120 }, (_, i) => [i, value]),
  );
  large = await zipOf(db);
  await db.close();
});

test('a file is read into one buffer, whatever its size', async () => {
  const buffers = new Set<ArrayBufferLike>();
  let reads = 0;
  const source = {
    name: 'x.zip',
    size: large.length,
    read(target: Uint8Array, position: number) {
      const part = large.subarray(position, position + target.length);
      target.set(part);
      expect(target.buffer.byteLength).toBeLessThanOrEqual(256 * 1024);
      if (part.length === 256 * 1024) {
        reads++;
        buffers.add(target.buffer);
      }
      return part.length;
    },
  };
  const db = await openDatabase({ storage: new MemoryStorage() });
  await db.import(source);
  expect([reads, buffers.size]).toEqual([15, 1]);
  await db.close();
});

async function* inPieces(): AsyncGenerator<Uint8Array, void, void> {
  for (let at = 0; at < zip.length; at += 1500) yield zip.subarray(at, at + 1500);
}

test.each<[name: string, source: () => ImportSource]>([
  ['a zip', () => new Blob([zip])],
  ['a stream', inPieces],
  ['the files of a folder', () => filesOf(zip)],
  ['files that lack components', () => filesOf(zip).filter(({ name }) => !/Filter|Summary|Digest|TOC/.test(name))],
])('%s: cancelled wherever progress is told, it ends there and leaves nothing', async (_, source) => {
  const storage = new MemoryStorage();
  const db = await openDatabase({ storage });
  const before = await storage.list();
  const schema = db.describe();
  const phases = new Set<ImportProgress['phase']>();
  for (let last = 0, ended = false; !ended; last++) {
    const abort = new AbortController();
    let told = 0;
    let after = 0;
    const onProgress = ({ phase, file }: ImportProgress) => {
      phases.add(phase);
      expect(file === null).toBe(phase === 'finishing');
      if (abort.signal.aborted) after++;
      else if (told++ === last) abort.abort();
    };
    const outcome = await db.import(source(), { signal: abort.signal, onProgress }).then(
      () => 'done',
      ({ code }) => code,
    );
    ended = outcome === 'done';
    // What is told at the very end, when all of it is live, comes too late to cancel it.
    if (ended) continue;
    expect(outcome).toBe('ABORTED');
    // The end of a small file, and the beginning of what comes after it.
    expect(after).toBeLessThanOrEqual(3);
    expect(await storage.list()).toEqual(before);
    expect(db.describe()).toBe(schema);
  }
  expect([...phases]).toEqual(expect.arrayContaining(['copying', 'verifying', 'finishing']));
  await db.close();
});

test.each(['an iterable', 'a stream'])(
  '%s that gives nothing more does not keep an import from being cancelled',
  async (kind) => {
    const storage = new MemoryStorage();
    const db = await openDatabase({ storage });
    const before = await storage.list();
    const abort = new AbortController();
    async function* stalled(): AsyncGenerator<Uint8Array, void, void> {
      yield zip.subarray(0, 1000);
      setTimeout(() => abort.abort(), 0);
      await new Promise(() => undefined);
    }
    let isCancelled = false;
    const iterator = stalled();
    const stream = {
      getReader: () => ({
        read: async () => {
          const { done, value } = await iterator.next();
          return { done: done === true, value: value ?? undefined };
        },
        cancel: async () => {
          isCancelled = true;
        },
      }),
    };
    const source = kind === 'a stream' ? stream : iterator;
    await expect(db.import(source, { signal: abort.signal })).rejects.toMatchObject({ code: 'ABORTED' });
    expect(isCancelled).toBe(kind === 'a stream');
    expect(await storage.list()).toEqual(before);
    await db.close();
  },
);

test('a zip of many files that is cancelled while their headers are looked at is not read any further', async () => {
  const abort = new AbortController();
  let reads = 0;
  const blob = new Blob([zip]);
  const source = {
    size: zip.length,
    slice(from: number, to: number) {
      reads++;
      if (reads === 5) abort.abort();
      return blob.slice(from, to);
    },
  };
  const db = await openDatabase({ storage: new MemoryStorage() });
  await expect(db.import(source, { signal: abort.signal })).rejects.toMatchObject({ code: 'ABORTED' });
  expect(reads).toBe(5);
  await db.close();
});
