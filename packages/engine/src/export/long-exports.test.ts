// What a large export has to keep to: few buffers whatever its size, turns for others, an end as soon as it is asked to end.

import { MemoryStorage } from '@cassette/storage';
import { expect, test } from 'vitest';
import { type Database, openDatabase } from '../database/index.ts';
import type { ExportContent } from './export-store.ts';
import type { ExportOptions, ExportProgress } from './index.ts';

const CHUNK = 512 * 1024;

/** A few megabytes in two SSTables, and some rows that were not flushed. */
async function filled(): Promise<{ storage: MemoryStorage; db: Database }> {
  const storage = new MemoryStorage();
  const schema = `CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
    CREATE TABLE k.t (a int PRIMARY KEY, v blob) WITH compression = {'enabled': 'false'};`;
  // Every look at the clock is a slice of its own, so that what gives others their turn does so each time.
  let now = 0;
  const db = await openDatabase({ storage, schema, config: { compaction: { enabled: false } } });
  const value = new Uint8Array(32 * 1024).map(() => (now = (now * 5 + 1) & 0xff));
  for (let part = 0; part < 3; part++) {
    await db.executeMany(
      'INSERT INTO k.t (a, v) VALUES (?, ?)',
      Array.from({ length: 40 }, (_, i) => [part * 30 + i, value]),
    );
    if (part < 2) await db.flush();
  }
  return { storage, db };
}

test.each([{ compact: true }, { compact: false }])('a sink that gives its chunks back gets one buffer: %o', async (options) => {
  const { db } = await filled();
  const buffers = new Set<ArrayBufferLike>();
  let chunks = 0;
  const sink = {
    write(chunk: Uint8Array) {
      expect(chunk.length).toBeLessThanOrEqual(CHUNK);
      chunks++;
      // The last one is cut to its size.
      if (chunk.length === CHUNK) buffers.add(chunk.buffer);
      return chunk;
    },
  };
  const { bytes } = await db.export(options, sink);
  expect([buffers.size, chunks]).toEqual([1, Math.ceil(bytes / CHUNK)]);
  expect(chunks).toBeGreaterThan(6);
  await db.close();
});

test('progress tells the phase and the file, and never goes back', async () => {
  const { db } = await filled();
  const told: ExportProgress[] = [];
  const files: string[] = [];
  const target = {
    async add(name: string, _size: number, content: ExportContent) {
      files.push(name);
      for await (const chunk of content) expect(chunk.length).toBeGreaterThan(0);
    },
    finish: async () => 0,
  };
  await db.exportTo({}, target, { onProgress: (now) => told.push(now) });
  expect([...new Set(told.map(({ phase }) => phase))]).toEqual(['flushing', 'copying', 'merging', 'finishing']);
  const named = [...new Set(told.filter(({ phase }) => phase === 'copying').flatMap(({ file }) => file ?? []))];
  expect(named).toEqual(files.filter((name) => name.endsWith('.db') || /Digest|TOC/.test(name)));
  expect(told.find(({ phase }) => phase === 'merging')?.file).toBe('k.t');
  expect(told.every(({ bytesDone }, i) => i === 0 || bytesDone >= told[i - 1].bytesDone)).toBe(true);
  expect(told.at(-1)).toMatchObject({ phase: 'finishing', file: null, bytesDone: told.at(-1)!.bytesTotal });
  await db.close();
});

test.each<ExportOptions>([{ compact: true }, { compact: false }])(
  'cancelled wherever progress is told, it ends there and leaves nothing: %o',
  async (options) => {
    const { storage, db } = await filled();
    await db.flush();
    const before = await storage.list();
    for (let last = 0, ended = false; !ended; last++) {
      const abort = new AbortController();
      let told = 0;
      let after = 0;
      let chunks = 0;
      const onProgress = () => {
        if (abort.signal.aborted) after++;
        else if (told++ === last) abort.abort();
      };
      const sink = {
        write(chunk: Uint8Array) {
          if (abort.signal.aborted) chunks++;
          return chunk;
        },
      };
      const outcome = await db.export(options, sink, { signal: abort.signal, onProgress }).then(
        () => 'done',
        ({ code }) => code,
      );
      ended = outcome === 'done';
      if (ended) {
        // It was told of the load kit, which is small, or of nothing at all.
        expect(told - last).toBeLessThanOrEqual(1);
        continue;
      }
      expect(outcome).toBe('ABORTED');
      expect(after).toBeLessThanOrEqual(2);
      expect(chunks).toBeLessThanOrEqual(1);
      expect(await storage.list()).toEqual(before);
      expect(db.exports()).toEqual([]);
    }
    await db.close();
  },
);

test('others have their turn while a sink answers at once, and can cancel', async () => {
  const { db } = await filled();
  const abort = new AbortController();
  let chunks = 0;
  const sink = {
    write(chunk: Uint8Array) {
      // What a click or a signal of the system does: not now, but in a turn of its own.
      if (chunks++ === 0) setTimeout(() => abort.abort(), 0);
      // As a disk would, it takes its time.
      const until = performance.now() + 10;
      while (performance.now() < until);
      return chunk;
    },
  };
  await expect(db.export({ compact: false }, sink, { signal: abort.signal })).rejects.toMatchObject({ code: 'ABORTED' });
  expect(chunks).toBeLessThan(8);
  await db.close();
});

test('a merge that is cancelled while its partitions are counted ends there, before it makes a file', async () => {
  const storage = new MemoryStorage();
  const schema = 'CREATE TABLE t (a int PRIMARY KEY, v int)';
  const db = await openDatabase({ storage, schema, config: { compaction: { enabled: false } } });
  for (const first of [0, 600]) {
    await db.executeMany(
      'INSERT INTO t (a, v) VALUES (?, 1)',
      Array.from({ length: 1200 }, (_, i) => [first + i]),
    );
    await db.flush();
  }
  const abort = new AbortController();
  const made: string[] = [];
  const open = storage.open.bind(storage);
  storage.open = (name, options) => {
    if (options?.create === true) made.push(name);
    return open(name, options);
  };
  const onProgress = ({ phase }: ExportProgress) => {
    if (phase === 'merging') abort.abort();
  };
  const exported = db.export({}, { write: () => undefined }, { signal: abort.signal, onProgress });
  await expect(exported).rejects.toMatchObject({ code: 'ABORTED' });
  expect(made).toEqual([]);
  // What is counted is what there is, each key once.
  const { sstables } = await db.export({}, { write: () => undefined });
  expect(sstables).toMatchObject([{ partitions: 1800, merged: true }]);
  await db.close();
});
