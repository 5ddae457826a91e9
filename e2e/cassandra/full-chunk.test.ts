// Compressed data that ends exactly at the end of a chunk: Cassandra's verification can't read the end of such a file, its
// own flushes included, so an export must not contain one.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openDatabase } from '@cassette/engine';
import { MemoryStorage } from '@cassette/storage';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Judge } from './judge.ts';

const tools = Judge.available();

/** A store of one flushed SSTable whose Data.db is exactly two chunks of 4 KiB. */
async function fullChunks() {
  for (let length = 8000; length < 8192; length++) {
    const db = await openDatabase({ storage: new MemoryStorage() });
    await db.execute(
      "CREATE TABLE t (a int PRIMARY KEY, v blob) WITH compression = {'class': 'LZ4Compressor', 'chunk_length_in_kb': 4}",
    );
    await db.execute('INSERT INTO t (a, v) VALUES (1, ?)', [new Uint8Array(length).fill(7)]);
    const snapshot = await db.engine.snapshot();
    const [{ reader }] = snapshot.tables[0].sstables;
    const { dataLength } = reader;
    snapshot.release();
    if (dataLength === 8192) return db;
    await db.close();
  }
  throw new Error('no length of the blob fills the chunks');
}

describe.skipIf(!tools.ok)(`exports of full chunks${tools.ok ? '' : ` (skipped: ${tools.why})`}`, () => {
  let judge: Judge;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cassette-full-chunk-'));
    judge = await Judge.start();
  });
  afterAll(async () => {
    await judge?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('are verified and imported by Cassandra', async () => {
    const db = await fullChunks();
    let schemaCql = '';
    await db.exportTo(
      {},
      {
        async add(name, _size, content) {
          const bytes = Buffer.concat([...content].map((chunk) => chunk.slice()));
          if (name.endsWith('schema.cql')) schemaCql = bytes.toString();
          await mkdir(join(folder, dirname(name)), { recursive: true });
          await writeFile(join(folder, name), bytes);
        },
        finish: async () => 0,
      },
    );
    await db.close();
    const [verdict] = await judge.verify({ schemaCql, dir: folder });
    expect(verdict).toMatchObject({ ok: true, errors: [], warnings: [] });
    expect((await judge.rows({ schemaCql, dir: folder }))['cassette.t']).toHaveLength(1);
  });
});
