import { ByteWriter, crc32c, withParts } from '@cassette/bytes';
import type { TableMetadata } from '@cassette/cql';
import { Component, SSTableWriter, writeCursor } from '@cassette/sstable';
import { MemoryStorage, type Storage } from '@cassette/storage';
import { type SSTableRecord, tableKey } from '../catalog/index.ts';
import type { Memtable } from '../memtable/index.ts';
import { descriptorOf, flushCompression, LiveSSTable, sstableFileName, WRITE_VERSION } from '../sstables/index.ts';
import { EngineSnapshot } from './engine-snapshot.ts';
import type { EngineState } from './engine-state.ts';

// A device without room takes no flush, and that is when one wants one's data out. What is in no SSTable yet fits in memory a second time:
// memtables are bounded.

const EVERYTHING = { partitions: { range: {} } } as const;

/** What was written of a table and not flushed, as the files of an SSTable. */
interface Unflushed {
  readonly table: TableMetadata;
  readonly record: SSTableRecord;
  readonly files: ReadonlyMap<Component, ByteWriter>;
}

/**
 * A snapshot without a flush: memtables are in it as SSTables that lie in memory. All of it is of one moment, which takes as long as their
 * flush would without the disk. `checkOpen` is asked before that moment, for code may have to be loaded first. Rejects with what it
 * throws, and with PartUnavailableError.
 */
export async function snapshotOfUnflushed(state: EngineState, checkOpen: () => void): Promise<EngineSnapshot> {
  // With all of it done again once a compressor is loaded: what was written meanwhile is of no other moment than the rest.
  const { snapshot, unflushed } = await withParts(() => {
    checkOpen();
    return gather(state);
  });
  try {
    const storage = new MemoryStorage('writes that are in no SSTable yet');
    await storage.acquire();
    for (const one of unflushed) snapshot.include(one.table, await open(storage, one));
    return snapshot;
  } catch (error) {
    snapshot.release();
    throw error;
  }
}

/** Throws PartNotLoadedError; nothing is held on to then. */
function gather(state: EngineState): { readonly snapshot: EngineSnapshot; readonly unflushed: readonly Unflushed[] } {
  const snapshot = new EngineSnapshot(state);
  try {
    const unflushed: Unflushed[] = [];
    for (const set of [...state.sealed, state.active]) {
      for (const [id, memtable] of set.entries) {
        const of = state.tables.get(id);
        if (of === undefined || memtable.isEmpty) continue;
        const written = write(of.table, memtable, of.nextGeneration++);
        if (written !== null) unflushed.push(written);
      }
    }
    return { snapshot, unflushed };
  } catch (error) {
    snapshot.release();
    throw error;
  }
}

/** Null where its mutations left nothing. */
function write(table: TableMetadata, memtable: Memtable, generation: number): Unflushed | null {
  const descriptor = descriptorOf({ version: WRITE_VERSION.name, generation });
  const files = new Map<Component, ByteWriter>();
  const { statics, regulars } = memtable.columnsWritten(table);
  const writer = new SSTableWriter({
    version: WRITE_VERSION,
    table,
    encodingStats: memtable.stats.get(),
    staticColumns: statics,
    regularColumns: regulars,
    expectedPartitions: Math.max(1, memtable.expectedPartitions),
    // As a flush does it: writes stand still meanwhile.
    compression: flushCompression(table.params.compression),
    emptyChunk: 'after a full one',
    sink: (component) => {
      const out = new ByteWriter(1024);
      files.set(component, out);
      return { name: sstableFileName(tableKey(table), descriptor, component), write: (bytes) => out.bytes(bytes) };
    },
  });
  const cursor = memtable.cursor(EVERYTHING, table);
  try {
    writeCursor(writer, cursor);
  } finally {
    cursor.close();
  }
  if (writer.isEmpty) {
    writer.abandon();
    return null;
  }
  const { metadata, partitions } = writer.finish();
  const components = Object.fromEntries([...files].map(([component, out]) => [component, out.length]));
  const checked = [...files].filter(([component]) => component !== Component.DATA);
  return {
    table,
    files,
    record: {
      tableId: tableKey(table),
      generation,
      version: WRITE_VERSION.name,
      level: 0,
      partitions,
      components,
      checksums: Object.fromEntries(checked.map(([component, out]) => [component, crc32c(out.buffer, 0, out.length)])),
      bytes: Object.values(components).reduce((sum, bytes) => sum + bytes, 0),
      minTimestamp: metadata.minTimestamp,
      maxTimestamp: metadata.maxTimestamp,
    },
  };
}

async function open(storage: Storage, { table, record, files }: Unflushed): Promise<LiveSSTable> {
  for (const [component, out] of files) {
    const file = await storage.open(sstableFileName(record.tableId, descriptorOf(record), component), { create: true });
    file.write(out.written(), 0);
    file.close();
  }
  return LiveSSTable.open(storage, record, table);
}
