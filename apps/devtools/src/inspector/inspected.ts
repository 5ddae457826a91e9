// Which SSTables are looked at, and which of them just now.

import type { RemoteDatabase } from '@cassette/client';
import { effect, signal } from '@preact/signals';
import { isEmbedded } from '../frame/host.ts';
import { session } from '../store/session.ts';
import { sayError } from '../text/say-error.ts';
import type { InspectedSSTable } from './worker/inspector.ts';
import { type OpenInspector, openInspector } from './worker/open-inspector.ts';

/** What of an SSTable is shown. */
export type Tab = 'bytes' | 'rows' | 'pictures' | 'facts' | 'verify';

/** SSTables of the store; newest last, as they were made. */
export const ofStore = signal<readonly InspectedSSTable[]>([]);
/** SSTables of files that were dropped or chosen. */
export const ofFiles = signal<readonly InspectedSSTable[]>([]);
/** The one that is looked at. */
export const chosen = signal<InspectedSSTable | null>(null);
export const tab = signal<Tab>('bytes');
/** What could not be opened, and why; newest first. */
export const refused = signal<readonly string[]>([]);

let opened: OpenInspector | null = null;
/** The store that was asked for last. */
let newest: RemoteDatabase | null = null;

/** The inspector; its worker is started when it is first asked for. */
export function inspector(): OpenInspector {
  opened ??= openInspector();
  return opened;
}

/** Ends what is under way in the worker, where there is one. */
export function cancelInspecting(): void {
  opened?.cancel().catch((error: unknown) => {
    refused.value = [sayError(error)];
  });
}

/** Ends the worker, and forgets what it had. */
function closeInspector(): void {
  opened?.close();
  opened = null;
  ofStore.value = [];
  ofFiles.value = [];
  chosen.value = null;
  refused.value = [];
}

// Files that were dropped are looked at as long as the page, or the element of an app, is there; an app's has no use for them afterwards.
effect(() => {
  if (isEmbedded.value && session.value.kind !== 'open') closeInspector();
});

/** Adds files; the first SSTable of them is shown. */
export async function openFiles(files: readonly { readonly path: string; readonly file: File }[]): Promise<void> {
  try {
    const { added, ignored } = await inspector().addFiles(files);
    const known = new Map(ofFiles.value.map((one) => [one.id, one]));
    for (const one of added) known.set(one.id, one);
    ofFiles.value = [...known.values()];
    // Of a folder with many things only some are worth telling.
    refused.value = ignored.slice(0, 20);
    if (added.length > 0) chosen.value = added[0];
  } catch (error) {
    refused.value = [sayError(error)];
  }
}

/** Reads which SSTables the store has now. What was looked at and is there no more stays shown until another is chosen. */
export async function readStore(database: RemoteDatabase): Promise<void> {
  newest = database;
  if (!database.persistent) {
    ofStore.value = [];
    return;
  }
  try {
    const found = await inspector().addStore(database.name);
    const now = await database.stats();
    const live = new Map<string, { readonly keyspace: string; readonly table: string }>();
    for (const { keyspace, table, sstables } of now.tables) {
      for (const { components } of sstables) for (const { file } of components) live.set(file, { keyspace, table });
    }
    // Files that no table has are remains of what a crash interrupted, or were replaced a moment ago.
    if (database !== newest) return;
    ofStore.value = found.flatMap((one) => {
      const owner = live.get(one.components[0]?.fileName);
      return owner === undefined ? [] : [{ ...one, ...owner }];
    });
  } catch (error) {
    refused.value = [sayError(error)];
  }
}

/** Forgets one that came from files. */
export function forget(sstable: InspectedSSTable): void {
  ofFiles.value = ofFiles.value.filter(({ id }) => id !== sstable.id);
  if (chosen.value?.id === sstable.id) chosen.value = null;
  inspector()
    .remove(sstable.id)
    .catch((error: unknown) => {
      refused.value = [sayError(error)];
    });
}
