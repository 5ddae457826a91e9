import { token, tokenWords } from '@cassette/bytes';
import { expect, test } from 'vitest';
import { DeletionTime } from '../rows/deletion-time.ts';
import { BoundKind } from '../rows/range-tombstone-marker.ts';
import { Row } from '../rows/row.ts';
import { Unfiltered } from '../rows/unfiltered-cursor.ts';
import { int32, type ModelPartition, modelTable, prefix } from '../testing/model-table.ts';
import { descriptorOf, lz4, writeModel } from '../testing/written-model.ts';
import { nb } from '../version/index.ts';
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
