import { token, tokenWords } from '@cassette/bytes';
import { expect, test } from 'vitest';
import type { LentBytes } from '../io/byte-source.ts';
import { DeletionTime } from '../rows/deletion-time.ts';
import { BoundKind } from '../rows/range-tombstone-marker.ts';
import { Row } from '../rows/row.ts';
import { Unfiltered } from '../rows/unfiltered-cursor.ts';
import { Dice, int32, type ModelPartition, modelTable, prefix } from '../testing/model-table.ts';
import { descriptorOf, isWritten, lz4, partitionsOf, writeModel, writtenVersions } from '../testing/written-model.ts';
import { nb } from '../version/index.ts';
import { ChunkCachePool } from './cached-source.ts';
import { hashKey } from './partition-header.ts';
import { SSTableReader } from './sstable-reader.ts';

/** A partition of one row with a text of so many bytes. */
function partition(key: number, length: number): ModelPartition {
  const at = prefix(BoundKind.CLUSTERING, 1, 'b');
  const row = new Row();
  row.setClustering(at.bytes, 0, at.bytes.length);
  row.setLiveness(0, 1);
  row.setValue(row.addCell(1, 0, 0, 1, row.livenessLocalExpirationTime, 0), new Uint8Array(length).fill(0x78), 0, length);
  return { key: int32(key), deletion: new DeletionTime(), staticRow: null, items: [{ at, row }] };
}

test.each(writtenVersions)('a chunk of $name is lent to nobody once what was read is closed', (version) => {
  const partitions = partitionsOf(new Dice(7, !version.hasUIntDeletionTime), 20, 12).filter(isWritten);
  const files = writeModel(version, partitions, lz4, 400);
  const chunkCache = new ChunkCachePool(1 << 20);
  const chunks: LentBytes[] = [];
  const put = chunkCache.put.bind(chunkCache);
  chunkCache.put = (...chunk) => {
    chunks.push(put(...chunk));
    return chunks[chunks.length - 1];
  };
  const reader = SSTableReader.open(descriptorOf(version), files.sources(), { table: modelTable, chunkCache });
  for (const { key } of [...partitions, ...partitions]) {
    for (const cursor of [reader.point(hashKey(key), null), reader.cursor({ partitions: { keys: [key] } })]) {
      expect(cursor.nextPartition()).toBe(true);
      expect(Math.max(...chunks.map(({ borrowers }) => borrowers))).toBe(1);
      while (cursor.next() !== Unfiltered.END);
      cursor.close();
    }
  }
  expect(chunks.length).toBeGreaterThan(5);
  expect(chunks.filter(({ borrowers }) => borrowers !== 0)).toEqual([]);
});

test('the memory that a large row took is not kept for the rows that are looked up after it', () => {
  const tokenOf = ({ key }: ModelPartition) => {
    token(key);
    return tokenWords[0];
  };
  const partitions = [partition(1, 300_000), partition(2, 10)].sort((a, b) => tokenOf(a) - tokenOf(b));
  const files = writeModel(nb, partitions, lz4, 65536);
  const reader = SSTableReader.open(descriptorOf(nb), files.sources(), { table: modelTable });
  const look = (key: number) => {
    const cursor = reader.point(hashKey(int32(key)), null);
    expect(cursor.nextPartition()).toBe(true);
    expect(cursor.next()).toBe(Unfiltered.ROW);
    const { cellValueBytes, cellValueFrom, cellValueTo } = cursor.row;
    const found = [cellValueTo[0] - cellValueFrom[0], cellValueBytes[0].buffer.byteLength];
    cursor.close();
    return found;
  };
  for (let time = 0; time < 3; time++) {
    const [large, bytes] = look(1);
    expect(large).toBe(300_000);
    expect(bytes).toBeGreaterThanOrEqual(300_000);
    const [small, held] = look(2);
    expect(small).toBe(10);
    expect(held).toBeLessThanOrEqual(65536);
  }
});
