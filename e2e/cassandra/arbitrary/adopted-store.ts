import type { Schema, TableMetadata } from '@cassette/cql';
import type { Version } from '@cassette/sstable';
import { MemoryStorage } from '@cassette/storage';
import { CatalogTransaction, tableKey } from '../../../packages/engine/src/catalog/index.ts';
import {
  type SSTableFiles,
  type SSTablesOfStore,
  statisticsOf,
} from '../../../packages/engine/src/goldens/testing/sstable-files.ts';
import { StandingClock, StandingStore } from '../../../packages/engine/src/goldens/testing/standing-store.ts';
import { type Database, openDatabase } from '../../../packages/engine/src/index.ts';
import { sstableFileName } from '../../../packages/engine/src/sstables/index.ts';

/** A store whose SSTables are those that Cassandra wrote, in whatever version: what the engine reads in them. */
export async function adoptedStore(
  schemaCql: string,
  sstables: SSTablesOfStore,
  version: Version,
  now: number,
): Promise<Database> {
  const schema = await schemaOf(schemaCql, now);
  const storage = new MemoryStorage();
  await storage.acquire();
  const changes = new CatalogTransaction().putStore({ lowestWalSegment: 1, hasWal: false, clock: 0 }).putSchema(schema);
  for (const table of schema.tables) {
    for (const [generation, files] of sstables.get(table.toString()) ?? []) {
      changes.putSSTable(recordOf(table, generation, files, version));
      for (const [component, bytes] of files) {
        const file = await storage.open(sstableFileName(tableKey(table), { version, id: String(generation) }, component), {
          create: true,
        });
        file.write(bytes, 0);
        file.flush();
        file.close();
      }
    }
  }
  await storage.sync();
  await storage.catalog.commit(changes.changes);
  await storage.close();
  const clock = new StandingClock(now);
  return await openDatabase({ storage, clock });
}

function recordOf(table: TableMetadata, generation: number, files: SSTableFiles, version: Version) {
  const { stats } = statisticsOf(files, version);
  const sizes = [...files].map(([component, bytes]): [string, number] => [component, bytes.length]);
  return {
    tableId: tableKey(table),
    generation,
    version: version.name,
    level: 0,
    bytes: sizes.reduce((sum, [, size]) => sum + size, 0),
    partitions: stats.partitionSizes.count,
    components: Object.fromEntries(sizes),
    checksums: {},
    minTimestamp: stats.minTimestamp,
    maxTimestamp: stats.maxTimestamp,
  };
}

/** As a store makes it. */
async function schemaOf(schemaCql: string, now: number): Promise<Schema> {
  const store = await StandingStore.open(schemaCql, now);
  const { schema } = store.database;
  await store.close();
  return schema;
}
