import type { TableMetadata } from '@cassette/cql';
import { Component } from '@cassette/sstable';
import type { Storage } from '@cassette/storage';
import type { SSTableRecord } from '../catalog/index.ts';
import { columnsOf, encodingStatsOf } from '../merge/merge-sstables.ts';
import { AbortedError, type Scheduler } from '../scheduler/index.ts';
import { descriptorOf, LiveSSTable, writeSSTable } from '../sstables/index.ts';

const EVERYTHING = { partitions: { range: {} } } as const;

/**
 * Whether an SSTable lacks components that it is slow or unsafe without: they can only be made with the rows. Everything else, of every
 * version, lies in the store as it came.
 */
export function needsRewriting(record: SSTableRecord, table: TableMetadata): boolean {
  const { components } = record;
  const has = (component: Component) => components[component] !== undefined;
  const isBig = descriptorOf(record).version.format === 'big';
  if (isBig && !has(Component.SUMMARY)) return true;
  if (!has(Component.FILTER) && table.params.bloomFilterFpChance < 1) return true;
  return !has(Component.CRC) && !has(Component.COMPRESSION_INFO);
}

/** What rewriting needs of the store. */
export interface RewriteContext {
  readonly storage: Storage;
  readonly scheduler: Scheduler;
  readonly sliceMilliseconds: number;
  readonly signal: AbortSignal | undefined;
}

/** Writes an SSTable anew, with all components, under another generation. Null where nothing is left of it. Throws StorageError, ABORTED. */
export async function rewritten(
  record: SSTableRecord,
  table: TableMetadata,
  generation: number,
  { signal, ...context }: RewriteContext,
): Promise<SSTableRecord | null> {
  const source = await LiveSSTable.open(context.storage, record, table);
  try {
    const { reader } = source;
    const { statics, regulars } = columnsOf(table, [reader]);
    const cursor = reader.cursor(EVERYTHING);
    try {
      const next = await writeSSTable({
        ...context,
        table,
        generation,
        version: descriptorOf(record).version,
        encodingStats: encodingStatsOf([reader]),
        staticColumns: statics,
        regularColumns: regulars,
        expectedPartitions: record.partitions,
        cursor,
        cancelled: () => signal?.aborted === true,
        ...(record.createdAt !== undefined && { createdAt: record.createdAt }),
      });
      if (next === null && signal?.aborted === true) throw new AbortedError('The import', signal.reason);
      return next;
    } finally {
      cursor.close();
    }
  } finally {
    source.close();
  }
}
