import { decodeCompressionInfo } from '@cassette/sstable';
import { MemoryStorage } from '@cassette/storage';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { type Database, openDatabase } from '../database/index.ts';
import type { ExportOptions } from './export-options.ts';

/** A table that was flushed for each of these keys. */
async function flushed(compression: string, keys: readonly number[]): Promise<Database> {
  const db = await openDatabase({ storage: new MemoryStorage() });
  await db.execute("CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
  await db.execute(`CREATE TABLE k.t (a int PRIMARY KEY, v text) WITH compression = {${compression}}`);
  for (const key of keys) {
    await db.execute(`INSERT INTO k.t (a, v) VALUES (${key}, 'value')`);
    await db.flush();
  }
  return db;
}

/** Class, length of the chunks, payload length of raw ones and options of what is exported. */
async function exported(db: Database, options: ExportOptions): Promise<string[]> {
  const chunks: Uint8Array[] = [];
  await db.export(options, { write: (chunk) => void chunks.push(chunk) });
  return Object.entries(unzipSync(Buffer.concat(chunks)))
    .filter(([name]) => name.endsWith('CompressionInfo.db'))
    .map(([name, bytes]) => decodeCompressionInfo(bytes, name))
    .map(({ compressor, chunkLength, maxCompressedLength, options }) =>
      [
        compressor,
        chunkLength / 1024,
        ...(maxCompressedLength === 2 ** 31 - 1 ? [] : [maxCompressedLength]),
        ...options.flat(),
      ].join(' '),
    );
}

test.each([
  ["'class': 'SnappyCompressor', 'chunk_length_in_kb': '4'", 'SnappyCompressor 4', 'SnappyCompressor 4'],
  ["'class': 'NoopCompressor', 'chunk_length_in_kb': '4'", 'NoopCompressor 4', 'NoopCompressor 4'],
  ["'class': 'DeflateCompressor', 'chunk_length_in_kb': '32'", 'LZ4Compressor 16', 'DeflateCompressor 32'],
  ["'class': 'ZstdCompressor', 'compression_level': '5'", 'LZ4Compressor 16', 'ZstdCompressor 16 compression_level 5'],
  [
    "'class': 'LZ4Compressor', 'lz4_high_compressor_level': '9', 'lz4_compressor_type': 'high'",
    'LZ4Compressor 16',
    'LZ4Compressor 16 lz4_compressor_type high lz4_high_compressor_level 9',
  ],
  ["'class': 'DeflateCompressor', 'min_compress_ratio': '1.2'", 'LZ4Compressor 16', 'DeflateCompressor 16 13654'],
])('%s: flushed as %s, merged as %s', async (compression, asFlushed, merged) => {
  const db = await flushed(compression, [1, 2]);
  expect(await exported(db, { compact: false })).toEqual([asFlushed, asFlushed]);
  expect(await exported(db, { compact: true })).toEqual([merged]);
  expect(await exported(db, { format: 'da' })).toEqual([merged]);
  await db.close();
  // One alone is written anew where it is not what a merge writes.
  const one = await flushed(compression, [1]);
  expect(await exported(one, { compact: false })).toEqual([asFlushed]);
  expect(await exported(one, { compact: true })).toEqual([merged]);
  expect(await exported(one, { format: 'da' })).toEqual([merged]);
  await one.close();
});

test('a table that changed its compression is exported with the new one', async () => {
  const db = await flushed("'enabled': 'false'", [1]);
  expect(await exported(db, {})).toEqual([]);
  await db.execute("ALTER TABLE k.t WITH compression = {'class': 'SnappyCompressor', 'chunk_length_in_kb': '8'}");
  expect(await exported(db, { compact: false })).toEqual([]);
  expect(await exported(db, {})).toEqual(['SnappyCompressor 8']);
  await db.execute("ALTER TABLE k.t WITH compression = {'class': 'SnappyCompressor', 'chunk_length_in_kb': '4'}");
  expect(await exported(db, {})).toEqual(['SnappyCompressor 4']);
  await db.execute("ALTER TABLE k.t WITH compression = {'enabled': 'false'}");
  expect(await exported(db, {})).toEqual([]);
  await db.close();
});
