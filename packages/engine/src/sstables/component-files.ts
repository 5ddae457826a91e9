import { Component } from '@cassette/sstable';
import type { StorageFile, StorageFiles } from '@cassette/storage';
import type { SSTableRecord } from '../catalog/index.ts';
import { descriptorOf, largeComponents, sstableFileName } from './sstable-files.ts';

/** What came of opening each component that a reader reads. */
export type OpenedComponents = ReadonlyMap<Component, PromiseSettledResult<StorageFile>>;

/** Files by component. */
export type ComponentFiles = Partial<Record<Component, StorageFile>>;

/** Components that no reader reads. */
const UNREAD: readonly string[] = [Component.DIGEST, Component.TOC];

/**
 * Opens the components that a reader reads, but for those that are held already, all at the same time: in a browser each takes a few calls of
 * other processes, and to open a store was mostly to wait for one after the other. Never rejects.
 */
export async function openComponents(
  storage: StorageFiles,
  record: SSTableRecord,
  held: Partial<Record<Component, unknown>> = {},
): Promise<OpenedComponents> {
  const descriptor = descriptorOf(record);
  const wanted = (Object.keys(record.components) as Component[]).filter(
    (component) => held[component] === undefined && !UNREAD.includes(component),
  );
  const outcomes = await Promise.allSettled(
    wanted.map((component) => storage.open(sstableFileName(record.tableId, descriptor, component))),
  );
  return new Map(wanted.map((component, i) => [component, outcomes[i]]));
}

/** The files that could be opened, but for those of some components. Throws what another one could not be opened for. */
export function filesOpened(opened: OpenedComponents, without: readonly Component[] = []): ComponentFiles {
  const files: ComponentFiles = {};
  for (const [component, outcome] of opened) {
    if (without.includes(component)) continue;
    if (outcome.status === 'rejected') throw outcome.reason;
    files[component] = outcome.value;
  }
  return files;
}

/** Closes what was opened; `kept` stays open. */
export function closeOpened(opened: OpenedComponents, kept: readonly Component[] = []): void {
  for (const [component, outcome] of opened) {
    if (outcome.status === 'fulfilled' && !kept.includes(component)) outcome.value.close();
  }
}

/** Those of the files that stay open as long as the SSTable does. */
export function largeFiles(record: SSTableRecord, files: ComponentFiles): ComponentFiles {
  return Object.fromEntries(
    largeComponents(descriptorOf(record).version).flatMap((component) =>
      files[component] === undefined ? [] : [[component, files[component]]],
    ),
  );
}
