import { createTable, parseStatements, type Schema, type TableMetadata, Uuid } from '@cassette/cql';
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

/**
 * A store whose SSTables are those that Cassandra wrote, in whatever version: what the engine reads in them. `schemaCql` may have tables
 * of counters, which the engine makes none of.
 */
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

/** As a store makes it, and the tables of counters besides. */
async function schemaOf(schemaCql: string, now: number): Promise<Schema> {
  const statements = parseStatements(schemaCql);
  const isCounters = (text: string) => /^\s*CREATE TABLE /.test(text) && / counter[ ,]/.test(text);
  const texts = statements.map(({ statement }, index) => schemaCql.slice(statement.pos, statements[index + 1]?.statement.pos));
  const store = await StandingStore.open(texts.filter((text) => !isCounters(text)).join(''), now);
  let { schema } = store.database;
  await store.close();
  const [keyspace] = schema.keyspaces.values();
  let counters = 0;
  for (const text of texts.filter(isCounters)) {
    const [{ statement }] = parseStatements(text);
    if (statement.kind !== 'createTable') continue;
    const id = new Uint8Array(16);
    id[6] = 0x40;
    id[8] = 0x80;
    id[15] = ++counters;
    schema = schema.withTable(createTable(statement, keyspace, new Uuid(id), text));
  }
  return schema;
}
