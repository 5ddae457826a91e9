// SSTables of random partitions in every version and with row indexes of every grain, written without the engine: Cassandra verifies all.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CompressionParams } from '@cassette/cql';
import { Component, da, decodeCompressionInfo, na, nb, oa, printFileName, type Version } from '@cassette/sstable';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Dice } from '../../packages/sstable/src/testing/model-table.ts';
import { isWritten, lz4, partitionsOf, plain, writeModel } from '../../packages/sstable/src/testing/written-model.ts';
import { Judge } from './judge.ts';

const available = Judge.available();

const schemaCql = `
CREATE KEYSPACE ks WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
CREATE TABLE ks.model (k int, a int, b text, s int static, t set<int> static, v int, w text, m map<int, text>, n set<bigint>,
  PRIMARY KEY (k, a, b)) WITH CLUSTERING ORDER BY (a ASC, b DESC) AND min_index_interval = 2;
`;

/** SSTables of each version. */
const COUNT = Number(process.env.CASSETTE_RANDOM_SSTABLES ?? 40);
const SEED = Number(process.env.CASSETTE_SEED ?? 4711);

/** One after the other, each beside each grain of row indexes. */
const compressions: readonly CompressionParams[] = [
  plain,
  lz4,
  { ...lz4, compressor: 'SnappyCompressor', minCompressRatio: 0 },
  { ...lz4, compressor: 'DeflateCompressor', chunkLength: 1024, minCompressRatio: 2 },
  { ...lz4, compressor: 'ZstdCompressor', chunkLength: 512, options: { compression_level: '9' } },
  { ...lz4, compressor: 'NoopCompressor', chunkLength: 4096 },
  { ...lz4, chunkLength: 16_384, options: { lz4_compressor_type: 'high', lz4_high_compressor_level: '12' } },
];

function fillsItsChunks(compressionInfo: Uint8Array | null): boolean {
  if (compressionInfo === null) return false;
  const { dataLength, chunkLength } = decodeCompressionInfo(compressionInfo, Component.COMPRESSION_INFO);
  return dataLength % chunkLength === 0;
}

function isOld(version: Version, error: string): boolean {
  return version === na && /not the latest version/.test(error);
}

describe.skipIf(!available.ok)(available.ok ? 'random SSTables' : `random SSTables: skipped, ${available.why}`, () => {
  let judge: Judge;
  let scratch: string;

  beforeAll(async () => {
    judge = await Judge.start();
    scratch = await mkdtemp(join(tmpdir(), 'cassette-sstables-'));
  });

  afterAll(async () => {
    await judge.stop();
    await rm(scratch, { recursive: true, force: true });
  });

  test.each([na, nb, oa, da])(`of $name are what Cassandra would have written (CASSETTE_SEED=${SEED})`, async (version) => {
    const dir = join(scratch, version.name);
    await mkdir(join(dir, 'ks/model'), { recursive: true });
    let written = 0;
    for (let i = 1; i <= COUNT; i++) {
      const dice = new Dice(SEED + i * 31, !version.hasUIntDeletionTime);
      const partitions = partitionsOf(dice, 1 + dice.below(80), [5, 40, 400][i % 3]).filter(isWritten);
      if (partitions.length === 0) continue;
      const files = writeModel(
        version,
        partitions,
        compressions[i % compressions.length],
        [version.rowIndexGranularity, 100, 1000, 4096][i % 4],
      );
      // Cassandra's verifier reads behind the end of data that fills its last chunk, also of files that Cassandra wrote.
      if (fillsItsChunks(files.components.includes(Component.COMPRESSION_INFO) ? files.bytes(Component.COMPRESSION_INFO) : null))
        continue;
      for (const component of files.components) {
        await writeFile(join(dir, 'ks/model', printFileName({ version, id: String(i) }, component)), files.bytes(component));
      }
      written++;
    }
    const verdicts = await judge.verify({ schemaCql, dir });
    // Of na Cassandra says that there are newer versions, and reads it all the same.
    const bad = verdicts
      .map(({ sstable, errors, warnings }) => ({
        sstable,
        found: [...errors, ...warnings].filter((one) => !isOld(version, one)),
      }))
      .filter(({ found }) => found.length > 0);
    expect(bad).toEqual([]);
    expect(verdicts.length).toBe(written);
  });
});
