import { CassetteError } from '@cassette/bytes';
import type { TableMetadata } from '@cassette/cql';
import {
  type ByteSource,
  type Component,
  ReadAheadSource,
  SSTableReader,
  type SSTableSources,
  verifySSTableInSteps,
} from '@cassette/sstable';
import { type Storage, StorageError, type StorageFile } from '@cassette/storage';
import type { SSTableRecord } from '../catalog/index.ts';
import type { Scheduler } from '../scheduler/index.ts';
import { descriptorOf, largeComponents, sstableFileName } from '../sstables/index.ts';
import { damaged } from './take-sstable.ts';

/** What was found in an SSTable that is right. */
export interface CheckedSSTable {
  readonly partitions: number;
  readonly rows: number;
  readonly warnings: readonly string[];
}

/** How an SSTable is checked. */
export interface CheckContext {
  readonly storage: Storage;
  readonly scheduler: Scheduler;
  readonly sliceMilliseconds: number;
  readonly mode: 'extended' | 'quick';
  /** Called between slices: tells the share that is done, may throw to end it. */
  checked(share: number): void;
}

/** Bytes of Data.db and its index that are read at a time. */
const READ_AHEAD_BYTES = 256 * 1024;

/** Warnings of one SSTable that are handed on. */
const WARNINGS_MAX = 5;

/** A file that remembers whether the disk failed while it was read: a verification tells whatever goes wrong as damage. */
class WatchedSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  /** The first one; null while all goes well. */
  failure: StorageError | null = null;
  private readonly file: StorageFile;

  constructor(file: StorageFile) {
    this.file = file;
    this.name = file.name;
    this.size = file.size;
  }

  read(target: Uint8Array, position: number): number {
    try {
      return this.file.read(target, position);
    } catch (error) {
      if (error instanceof StorageError) this.failure ??= error;
      throw error;
    }
  }
}

/**
 * Verifies an SSTable that lies in the store and that nobody names yet, in slices of time. `shown` is what it was called where it comes from.
 * Throws ImportError IMPORT_DAMAGED with all that is wrong, SchemaMismatchError, StorageError.
 */
export async function checkTaken(
  record: SSTableRecord,
  table: TableMetadata,
  shown: string,
  context: CheckContext,
): Promise<CheckedSSTable> {
  const { storage } = context;
  const descriptor = descriptorOf(record);
  const opened: StorageFile[] = [];
  const watched: WatchedSource[] = [];
  try {
    const sources: Partial<Record<Component, ByteSource>> = {};
    for (const component of Object.keys(record.components) as Component[]) {
      const file = await storage.open(sstableFileName(record.tableId, descriptor, component));
      opened.push(file);
      const source = new WatchedSource(file);
      watched.push(source);
      const isScanned = context.mode === 'extended' && largeComponents(descriptor.version).includes(component);
      sources[component] = isScanned ? new ReadAheadSource(source, READ_AHEAD_BYTES) : source;
    }
    return context.mode === 'quick' ? quick(sources) : await extended(sources);
  } finally {
    for (const file of opened) file.close();
  }

  async function extended(sources: SSTableSources): Promise<CheckedSSTable> {
    const { scheduler, sliceMilliseconds } = context;
    const steps = verifySSTableInSteps(descriptor, sources, { table });
    let sliceEnd = scheduler.now() + sliceMilliseconds;
    for (;;) {
      const step = steps.next();
      // What was not read says nothing of the SSTable.
      const failed = watched.find(({ failure }) => failure !== null);
      if (failed !== undefined) throw failed.failure;
      if (step.done === true) {
        const { errors, warnings, partitions, rows } = step.value;
        if (errors.length > 0) throw damaged(shown, errors);
        // What the table's options would have made otherwise is no fault of the file.
        const told = warnings.filter((text) => !text.startsWith('header:') && !text.startsWith('summary: min_index'));
        return { partitions, rows, warnings: told.slice(0, WARNINGS_MAX).map((text) => `${shown}: ${text}`) };
      }
      if (scheduler.now() < sliceEnd) continue;
      context.checked(step.value);
      await scheduler.yield();
      sliceEnd = scheduler.now() + sliceMilliseconds;
    }
  }

  /** The digest was compared while it was copied. */
  function quick(sources: SSTableSources): CheckedSSTable {
    try {
      const { stats } = SSTableReader.open(descriptor, sources, { table });
      return { partitions: record.partitions, rows: stats.totalRows, warnings: [] };
    } catch (error) {
      if (error instanceof CassetteError && error.code === 'CORRUPTION') throw damaged(shown, [error.message]);
      throw error;
    }
  }
}
