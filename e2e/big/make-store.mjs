// node make-store.mjs DIR MIB [VALUE-BYTES] [ROWS-A-PARTITION]: a store of that size whose values do not compress, in SSTables of a memtable each.

import { Durability, openDatabase } from '@cassette/engine';
import { NodeStorage } from '@cassette/storage';

const [dir, ...numbers] = process.argv.slice(2);
const [mib, valueBytes = 1000, rowsOfPartition = 8] = numbers.map(Number);

const db = await openDatabase({
  storage: new NodeStorage(dir),
  config: { durability: Durability.Disabled, memtableFlushThreshold: 64 << 20, compaction: { enabled: false } },
  schema: `CREATE KEYSPACE big WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
    CREATE TABLE big.t (k bigint, c int, v blob, PRIMARY KEY (k, c));`,
});
// xorshift32: the same bytes each time, and none that LZ4 finds again within a chunk.
const pool = new Uint8Array(1 << 22);
let state = 123456789;
for (let i = 0; i < pool.length; i++) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  pool[i] = state;
}
const rows = Math.ceil((mib * (1 << 20)) / (valueBytes + 10));
const batch = Math.max(1000, Math.floor((8 << 20) / valueBytes));
for (let first = 0; first < rows; first += batch) {
  const values = Array.from({ length: Math.min(batch, rows - first) }, (_, i) => {
    const row = first + i;
    const from = (row * 7919) % (pool.length - valueBytes);
    return [BigInt(Math.floor(row / rowsOfPartition)), row % rowsOfPartition, pool.subarray(from, from + valueBytes)];
  });
  await db.executeMany('INSERT INTO big.t (k, c, v) VALUES (?, ?, ?)', values);
}
await db.flush();
await db.close();
