import { decodeCompressionInfo } from '@cassette/sstable';
import { MemoryStorage } from '@cassette/storage';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { openDatabase } from '../database/index.ts';

/** Class and length of the chunks of what is exported after two flushes. */
async function exportedWith(compression: string, compact: boolean): Promise<string[]> {
  const db = await openDatabase({ storage: new MemoryStorage() });
  await db.execute("CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
  await db.execute(`CREATE TABLE k.t (a int PRIMARY KEY, v text) WITH compression = {'class': ${compression}}`);
  for (const key of [1, 2]) {
    await db.execute(`INSERT INTO k.t (a, v) VALUES (${key}, 'value')`);
    await db.flush();
  }
  const chunks: Uint8Array[] = [];
  await db.export({ compact }, { write: (chunk) => void chunks.push(chunk) });
  await db.close();
  return Object.entries(unzipSync(Buffer.concat(chunks)))
    .filter(([name]) => name.endsWith('CompressionInfo.db'))
    .map(([name, bytes]) => decodeCompressionInfo(bytes, name))
    .map((info) => [info.compressor, info.chunkLength / 1024, ...info.options.flat()].join(' '));
}

test.each([
  ["'SnappyCompressor', 'chunk_length_in_kb': '4'", 'SnappyCompressor 4', 'SnappyCompressor 4'],
  ["'NoopCompressor', 'chunk_length_in_kb': '4'", 'NoopCompressor 4', 'NoopCompressor 4'],
  ["'DeflateCompressor', 'chunk_length_in_kb': '32'", 'LZ4Compressor 16', 'DeflateCompressor 32'],
  ["'ZstdCompressor', 'compression_level': '5'", 'LZ4Compressor 16', 'ZstdCompressor 16 compression_level 5'],
  [
    "'LZ4Compressor', 'lz4_high_compressor_level': '9', 'lz4_compressor_type': 'high'",
    'LZ4Compressor 16',
    'LZ4Compressor 16 lz4_compressor_type high lz4_high_compressor_level 9',
  ],
])('%s: flushed as %s, merged as %s', async (compression, flushed, merged) => {
  expect(await exportedWith(compression, false)).toEqual([flushed, flushed]);
  expect(await exportedWith(compression, true)).toEqual([merged]);
});
