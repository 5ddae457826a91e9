import type { Schema } from '@cassette/cql';
import { Component, decodeStatistics, parseFileName } from '@cassette/sstable';
import { MemoryStorage } from '@cassette/storage';
import { CatalogTransaction, tableKey } from '../catalog/index.ts';
import type { Clock } from '../clock/index.ts';
import { type Database, openDatabase } from '../database/index.ts';
import type { ExportOptions, ExportReport } from '../export/index.ts';
import { sstableFileName } from '../sstables/index.ts';

/** Files of an export by their names. */
export type ExportedFiles = ReadonlyMap<string, Uint8Array>;

/** Exports into memory; `during` is done while the first file is given out. */
export async function exportFiles(
  database: Database,
  options: ExportOptions = {},
  during: () => Promise<void> = async () => undefined,
): Promise<{ readonly report: ExportReport; readonly files: ExportedFiles }> {
  const files = new Map<string, Uint8Array>();
  const report = await database.exportTo(options, {
    add: async (name, _size, content) => {
      if (files.size === 0) await during();
      files.set(name, Buffer.concat(Array.from(content, (chunk) => chunk.slice())));
    },
    finish: async () => 0,
  });
  return { report, files };
}

/** A new store with a schema and the SSTables of several exports, side by side, as a node has them after it imported these. */
export async function loadExports(schema: Schema, exports: readonly ExportedFiles[], clock: Clock): Promise<Database> {
  const storage = new MemoryStorage();
  await storage.acquire();
  const changes = new CatalogTransaction().putStore({ lowestWalSegment: 1, hasWal: false, clock: 0 }).putSchema(schema);
  let generation = 0;
  for (const files of exports) {
    for (const [path, statistics] of files) {
      const [, keyspace, tableName, name] = /^([^/]+)\/([^/]+)\/([^/]+-Statistics\.db)$/.exec(path) ?? [];
      const table = keyspace === undefined ? undefined : schema.table(keyspace, tableName);
      if (table === undefined) continue;
      generation++;
      const { version } = parseFileName(name).descriptor;
      const prefix = path.slice(0, -Component.STATISTICS.length);
      const components: Record<string, number> = {};
      for (const [other, bytes] of files) {
        if (!other.startsWith(prefix)) continue;
        const component = other.slice(prefix.length) as Component;
        components[component] = bytes.length;
        const descriptor = { version, id: String(generation) };
        const file = await storage.open(sstableFileName(tableKey(table), descriptor, component), { create: true });
        file.write(bytes, 0);
        file.close();
      }
      const { stats } = decodeStatistics(statistics, Component.STATISTICS, version);
      changes.putSSTable({
        tableId: tableKey(table),
        generation,
        version: version.name,
        level: 0,
        bytes: Object.values(components).reduce((sum, size) => sum + size, 0),
        partitions: stats.partitionSizes.count,
        components,
        checksums: {},
        minTimestamp: stats.minTimestamp,
        maxTimestamp: stats.maxTimestamp,
      });
    }
  }
  await storage.catalog.commit(changes.changes);
  await storage.close();
  return openDatabase({ storage, clock, config: { compaction: { enabled: false } } });
}
