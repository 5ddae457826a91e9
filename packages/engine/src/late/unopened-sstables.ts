import { type CassetteError, CorruptionError, type Loadable, PartNotLoadedError, PartUnavailableError } from '@cassette/bytes';
import type { TableMetadata } from '@cassette/cql';
import { FileNotFoundError, type Storage } from '@cassette/storage';
import { type SSTableRecord, tableKey } from '../catalog/index.ts';
import { filesOf, isDamage, LiveSSTable } from '../sstables/index.ts';
import { tellSweepFailed } from '../write-engine/discard-sstables.ts';
import { tellCorruption } from '../write-engine/engine-events.ts';
import type { EngineState, TableState } from '../write-engine/engine-state.ts';

/**
 * SSTables of one table that the catalog names and that can't be read until code is there, a compressor's or a format's. Nothing is wrong with
 * them: they are opened as soon as somebody asks for the table and the code comes. Until then nothing may be read of the table, purged in
 * it, or exported from it; writing to it goes on.
 */
export interface UnopenedSSTables {
  readonly records: readonly SSTableRecord[];
  /** The code that was missing last. */
  readonly part: Loadable;
  /** What loading it ended with. */
  readonly error: PartUnavailableError;
}

/** Remembers one whose code could not be loaded. */
export function addUnopened(state: EngineState, record: SSTableRecord, part: Loadable, error: PartUnavailableError): void {
  const { records = [] } = state.unopened.get(record.tableId) ?? {};
  state.unopened.set(record.tableId, { records: [...records, record], part, error });
}

/** Throws PartUnavailableError where nothing may be read of a table yet. */
export function checkOpened(state: EngineState, table: TableMetadata): void {
  const waiting = state.unopened.get(tableKey(table));
  if (waiting !== undefined) throw neededFor(waiting.error, table);
}

/**
 * Loads what SSTables of a table wait for, and opens them: all of them or none. Rejects with PartUnavailableError, and with StorageError
 * where the files can't be read now; the table is then as before. What turns out to be damaged is set aside, as when the store is opened.
 */
export async function openUnopened(state: EngineState, tableId: string): Promise<void> {
  let part: Loadable | null = state.unopened.get(tableId)?.part ?? null;
  while (part !== null) {
    await load(state, tableId, part);
    // Loading may take long, and others change the catalog meanwhile; opening does not.
    part = await state.exclusive(() => openAll(state, tableId));
  }
}

async function load(state: EngineState, tableId: string, part: Loadable): Promise<void> {
  try {
    await part.load();
  } catch (error) {
    const table = state.tables.get(tableId)?.table;
    throw error instanceof PartUnavailableError && table !== undefined ? neededFor(error, table) : error;
  }
}

function neededFor({ part, cause }: PartUnavailableError, table: TableMetadata): PartUnavailableError {
  return new PartUnavailableError(part, cause, `SSTables of ${table}`);
}

/** Null when there is nothing left to do, else the code that is missing still. */
async function openAll(state: EngineState, tableId: string): Promise<Loadable | null> {
  const waiting = state.unopened.get(tableId);
  const table = state.tables.get(tableId);
  if (waiting === undefined || table === undefined) return null;
  const opened: LiveSSTable[] = [];
  const damaged: { readonly record: SSTableRecord; readonly error: CassetteError }[] = [];
  try {
    for (const record of waiting.records) {
      try {
        opened.push(await LiveSSTable.open(state.storage, record, table.table, { verify: true, load: notLoaded }));
      } catch (error) {
        if (!isDamage(error)) throw error;
        damaged.push({ record, error });
      }
    }
  } catch (error) {
    for (const sstable of opened) sstable.close();
    if (error instanceof PartNotLoadedError) return error.part;
    throw error;
  }
  if (state.unopened.get(tableId) !== waiting) {
    // The store is being closed.
    for (const sstable of opened) sstable.close();
    return null;
  }
  state.unopened.delete(tableId);
  state.asideBytes -= opened.reduce((sum, { physicalSize }) => sum + physicalSize, 0);
  table.sstables = [...opened, ...table.sstables];
  for (const { record, error } of damaged) setAside(state, table, record, error);
  for (const { record, rebuilt } of opened) tellOpened(state, table.table, record, rebuilt);
  state.watch.replaced(tableId);
  return null;
}

function notLoaded(part: Loadable): Promise<never> {
  return Promise.reject(new PartNotLoadedError(part));
}

function setAside(state: EngineState, table: TableState, record: SSTableRecord, error: CassetteError): void {
  const { generation } = record;
  const file = error instanceof CorruptionError ? error.file : String(error.data['file'] ?? filesOf(record)[0]);
  table.setAside = [...table.setAside, { generation, file }];
  tellCorruption(state.events, error instanceof CorruptionError ? error : new CorruptionError(error.message, file, 0));
}

function tellOpened(
  { events }: EngineState,
  { keyspace, name }: TableMetadata,
  { generation, bytes }: SSTableRecord,
  rebuilt: LiveSSTable['rebuilt'],
): void {
  events.emit({ type: 'sstable-added', keyspace, table: name, generation, bytes });
  for (const { file } of rebuilt) {
    events.emit({ type: 'corruption', file, position: 0, message: 'The file is damaged or missing: it was rebuilt in memory' });
  }
}

/** Removes the files of a table's, which the catalog no longer names. What can't be removed is swept at the next start. */
export function discardUnopened(state: EngineState, { keyspace, name }: TableMetadata, tableId: string): void {
  const { records = [] } = state.unopened.get(tableId) ?? {};
  state.unopened.delete(tableId);
  for (const record of records) {
    const key = { isRead: false };
    const removed = removeFiles(state, record)
      .then(
        () => state.events.emit({ type: 'sstable-removed', keyspace, table: name, generation: record.generation }),
        (error: unknown) => tellSweepFailed(state, error),
      )
      .finally(() => state.removals.delete(key));
    state.removals.set(key, removed);
  }
}

async function sizeOf(storage: Storage, file: string): Promise<number> {
  try {
    const opened = await storage.open(file, { lenient: true });
    const bytes = opened.physicalSize ?? opened.size;
    opened.close();
    return bytes;
  } catch (error) {
    if (error instanceof FileNotFoundError) return 0;
    throw error;
  }
}

async function removeFiles(state: EngineState, record: SSTableRecord): Promise<void> {
  const { storage } = state;
  for (const file of filesOf(record)) {
    const bytes = await sizeOf(storage, file);
    await storage.remove(file);
    state.asideBytes -= bytes;
  }
}
