import { CorruptionError, crc32c } from '@cassette/bytes';
import { type ByteSource, Component } from '@cassette/sstable';
import { FileNotFoundError, type StorageFile } from '@cassette/storage';
import type { SSTableRecord } from '../catalog/index.ts';
import type { OpenedComponents } from './component-files.ts';
import { descriptorOf, sstableFileName } from './sstable-files.ts';

const CHUNK_BYTES = 256 * 1024;

/**
 * Components that are not checked: Data.db has checksums of its own, which every read looks at, and of the others no row is read.
 */
const UNCHECKED: readonly string[] = [Component.DATA, Component.DIGEST, Component.TOC];

/** Components that can be made again from Index.db. */
const REBUILDABLE: readonly string[] = [Component.FILTER, Component.SUMMARY];

/**
 * Compares components with the checksums that the catalog has of them, because most have none themselves: a filter with a bit
 * turned says that keys are not there. Returns those that are damaged or missing and can be made again from the others; throws
 * CorruptionError, FileNotFoundError where one can't. Bytes read: all of the components.
 */
export function damagedComponents(record: SSTableRecord, opened: OpenedComponents): readonly Component[] {
  const damaged: Component[] = [];
  const descriptor = descriptorOf(record);
  for (const [component, outcome] of opened) {
    const expected = record.checksums[component];
    if (expected === undefined || UNCHECKED.includes(component)) continue;
    const found = checksumFound(component, outcome);
    if (found === expected) continue;
    if (!REBUILDABLE.includes(component)) throw damagedFile(sstableFileName(record.tableId, descriptor, component));
    damaged.push(component);
  }
  return damaged;
}

/** Null where a component that can be made again is not there, or a storage that checks its bytes by itself has found it damaged. */
function checksumFound(component: Component, outcome: PromiseSettledResult<StorageFile>): number | null {
  try {
    if (outcome.status === 'rejected') throw outcome.reason;
    return checksumOf(outcome.value);
  } catch (error) {
    if (!REBUILDABLE.includes(component)) throw error;
    if (error instanceof CorruptionError || error instanceof FileNotFoundError) return null;
    throw error;
  }
}

/**
 * Compares one component with the checksum that the catalog has of it, where it has one. Throws CorruptionError. Bytes read: all of it.
 */
export function checkComponent(record: SSTableRecord, component: Component, file: ByteSource): void {
  const expected = record.checksums[component];
  if (expected === undefined || UNCHECKED.includes(component) || checksumOf(file) === expected) return;
  throw damagedFile(file.name);
}

function damagedFile(name: string): CorruptionError {
  return new CorruptionError('the file is not what was written: its checksum is another', name, 0);
}

function checksumOf(source: ByteSource): number {
  const buffer = new Uint8Array(Math.min(CHUNK_BYTES, source.size));
  let crc = 0;
  for (let at = 0; at < source.size; ) {
    const count = source.read(buffer, at);
    if (count <= 0) throw new CorruptionError(`the file ends before its ${source.size} bytes`, source.name, at);
    crc = crc32c(buffer, 0, count, crc);
    at += count;
  }
  return crc;
}
