import { assert } from '@cassette/bytes';
import { Component, type Descriptor, nb, printFileName, supportedVersions, type Version } from '@cassette/sstable';
import type { SSTableRecord } from '../catalog/index.ts';

// Files of SSTables in the store's one flat directory: <table id>-<name that Cassandra would give it>, for instance
// 2a6f…e1-nb-3-big-Data.db. The export takes the table id off.

/** The version that flushes and merges write. */
export const WRITE_VERSION: Version = nb;

const TABLE_ID = /^([0-9a-f]{32})-(.+)$/;

/** The name of a component's file. */
export function sstableFileName(tableId: string, descriptor: Descriptor, component: Component): string {
  return `${tableId}-${printFileName(descriptor, component)}`;
}

/** The descriptor that a record names. */
export function descriptorOf(record: Pick<SSTableRecord, 'version' | 'generation'>): Descriptor {
  const version = supportedVersions.get(record.version);
  assert(version !== undefined, 'the catalog has no other versions than those this engine wrote');
  return { version, id: String(record.generation) };
}

/** The components that grow while an SSTable is written, and that its readers keep open. */
export function largeComponents(version: Version): readonly Component[] {
  return version.format === 'big' ? [Component.DATA, Component.INDEX] : [Component.DATA, Component.PARTITIONS, Component.ROWS];
}

/** Names of all files of an SSTable. */
export function filesOf(record: SSTableRecord): string[] {
  const descriptor = descriptorOf(record);
  return Object.keys(record.components).map((component) => sstableFileName(record.tableId, descriptor, component as Component));
}

/** The table id and generation that a file of such a name belongs to; null for every other file. */
export function parseSSTableFile(name: string): { readonly tableId: string; readonly generation: number } | null {
  const match = TABLE_ID.exec(name);
  if (match === null) return null;
  const generation = /^[a-z]{2}-(\d+)-/.exec(match[2]);
  return generation === null ? null : { tableId: match[1], generation: Number(generation[1]) };
}
