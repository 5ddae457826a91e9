// Whatever is compacted, and however: SELECT answers before and after are the same.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compactionScript } from '../../../../e2e/cassandra/compaction-scripts.ts';
import { parseScript } from '../../../../e2e/cassandra/cql-script.ts';
import { selectRows } from '../goldens/testing/select-rows.ts';
import { StandingStore } from '../goldens/testing/standing-store.ts';

const strategies = [
  "{'class': 'SizeTieredCompactionStrategy', 'min_threshold': 2}",
  "{'class': 'LeveledCompactionStrategy', 'sstable_size_in_mb': 1}",
  "{'class': 'TimeWindowCompactionStrategy', 'compaction_window_unit': 'MINUTES', 'tombstone_threshold': '0.01', 'tombstone_compaction_interval': '1'}",
  "{'class': 'SizeTieredCompactionStrategy', 'min_threshold': 2, 'min_sstable_size': 0, 'bucket_high': 1.2, 'bucket_low': 0.9, 'provide_overlapping_tombstones': 'cell'}",
  "{'class': 'LeveledCompactionStrategy', 'sstable_size_in_mb': 1, 'max_threshold': 2, 'min_threshold': 2, 'provide_overlapping_tombstones': 'row'}",
  "{'class': 'UnifiedCompactionStrategy', 'scaling_parameters': 'L4, T2', 'min_sstable_size': '0B', 'base_shard_count': 2}",
] as const;

const columns =
  'k int, c int, s int static, sm map<int, int> static, v int, w text, m map<int, text>, st set<int>, f frozen<list<int>>, PRIMARY KEY (k, c)';

test.each(strategies)('with compaction = %s', async (strategy) => {
  const property = fc.asyncProperty(fc.integer({ min: 1 }), fc.constantFrom(0, 50, 864_000), async (seed, grace) => {
    const store = await StandingStore.open(
      `CREATE KEYSPACE i WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}; USE i;
       CREATE TABLE t (${columns}) WITH gc_grace_seconds = ${grace} AND compaction = ${strategy}`,
    );
    const { database } = store;
    const rows = () => selectRows(database, database.schema.table('i', 't')!, store.clock.seconds);
    await database.execute('USE i');
    for (const step of parseScript(compactionScript(seed, 120, grace === 0 ? 50 : grace))) {
      if ('flush' in step) {
        await database.flush();
        const before = await rows();
        await database.maintenanceStep(1000);
        expect(await rows(), `seed ${seed}, in the background`).toEqual(before);
      } else if ('compact' in step) {
        await database.flush();
        const before = await rows();
        await database.compact('t');
        expect(await rows(), `seed ${seed}, by hand`).toEqual(before);
      } else if ('clock' in step) store.clock.seconds = step.clock;
      else if ('cql' in step) await database.execute(step.cql);
    }
    await store.close();
  });
  await fc.assert(property, { numRuns: 8, endOnFailure: true });
});
