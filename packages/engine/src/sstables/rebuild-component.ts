import { assert, ByteWriter, hash128, token } from '@cassette/bytes';
import {
  BloomFilter,
  type ByteSource,
  bytesSource,
  Component,
  encodeBloomFilter,
  encodeSummary,
  type SSTableReader,
} from '@cassette/sstable';
import type { SSTableRecord } from '../catalog/index.ts';
import { descriptorOf, sstableFileName } from './sstable-files.ts';

/** Makes Filter.db or Summary.db again, in memory, from the keys in Index.db. `reader` was opened without them. */
export function rebuildComponent(component: Component, record: SSTableRecord, reader: SSTableReader): ByteSource {
  const out = new ByteWriter(1024);
  if (component === Component.FILTER) putFilter(out, record.partitions, reader);
  else {
    assert(component === Component.SUMMARY && reader.summary !== null, `${component} can't be made again`);
    encodeSummary(out, reader.summary);
  }
  return bytesSource(out.toBytes(), sstableFileName(record.tableId, descriptorOf(record), component));
}

function putFilter(out: ByteWriter, partitions: number, reader: SSTableReader): void {
  const { bloomFilterFpChance } = reader.table.params;
  // A table that wants none any more: an empty file says that every key may be there.
  if (bloomFilterFpChance === 1) return;
  const filter = BloomFilter.create(partitions, bloomFilterFpChance);
  const keys = reader.keys();
  while (keys.next()) {
    token(keys.keyBytes, keys.keyFrom, keys.keyTo);
    filter.add(hash128[0], hash128[1], hash128[2], hash128[3]);
  }
  encodeBloomFilter(out, filter);
}
