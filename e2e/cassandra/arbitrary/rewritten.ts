import { type Schema, TableMetadata } from '@cassette/cql';
import { SSTableWriter, type Version, writeCursor } from '@cassette/sstable';
import {
  readerOf,
  SSTableCollection,
  type SSTableFiles,
  type SSTablesOfStore,
  statisticsOf,
} from '../../../packages/engine/src/goldens/testing/sstable-files.ts';
import { MemoryComponents } from '../../../packages/sstable/src/testing/memory-files.ts';

/**
 * Every SSTable read, and written as one of version `to` by the same header: what a flush of the same memtable is in that version. The
 * schema gives the options of the tables, the SSTables their columns.
 */
export function rewritten(sstables: SSTablesOfStore, schema: Schema, from: Version, to: Version): SSTablesOfStore {
  const found = new SSTableCollection();
  for (const [name, all] of sstables) {
    const table = schema.tables.find((one) => one.toString() === name);
    if (table === undefined) throw new Error(`the schema has no table ${name}`);
    for (const [generation, files] of all) {
      const again = rewrittenSSTable(files, table, from, to);
      for (const component of again.components) found.add(name, generation, component, again.bytes(component));
    }
  }
  return found.tables;
}

function rewrittenSSTable(files: SSTableFiles, { params }: TableMetadata, from: Version, to: Version): MemoryComponents {
  const reader = readerOf(files, from);
  const { header, stats } = statisticsOf(files, from);
  const again = new MemoryComponents({ version: to, id: '1' });
  const writer = new SSTableWriter({
    version: to,
    table: new TableMetadata({ ...reader.table, columns: reader.table.columnsInSelectOrder, params }),
    encodingStats: header.stats,
    expectedPartitions: stats.partitionSizes.count,
    sink: again.sink,
  });
  const cursor = reader.cursor({ partitions: { range: {} } });
  try {
    writeCursor(writer, cursor);
  } finally {
    cursor.close();
  }
  writer.finish();
  return again;
}
