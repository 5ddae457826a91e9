import { CassetteError, fromHex, toHex } from '@cassette/bytes';
import { KeyspaceMetadata, Schema, type TableMetadata, Uuid } from '@cassette/cql';
import { Component, misfitsOf, type SerializationHeader } from '@cassette/sstable';
import type { Storage } from '@cassette/storage';
import { type CatalogContents, loadCatalog } from '../catalog/index.ts';
import type { WriteEngine } from '../write-engine/index.ts';
import { findSSTables } from './find-sstables.ts';
import { rebuiltTables, type UnknownTable } from './rebuilt-tables.ts';
import type { SalvagedSegment, SalvagedSSTable, SalvageReport } from './salvage-report.ts';
import { type FoundSSTable, headerOf, salvageSSTable } from './salvage-sstable.ts';
import { SalvageTarget } from './salvage-target.ts';
import { descriptionIn, salvageSegment, segmentOf } from './salvage-wal.ts';

const NOTHING: CatalogContents = {
  store: undefined,
  schema: Schema.empty,
  sstables: [],
  truncated: new Map(),
  counterId: undefined,
  logId: undefined,
  cdcSwitches: new Map(),
  exports: [],
};

/** How a store is salvaged. */
export interface SalvageOptions {
  /**
   * `everything` (the default): all that can be read of the store, for a target that is empty. `aside`: what recoveries set aside, for
   * the store itself as a target.
   */
  readonly what?: 'everything' | 'aside';
  /** Tables that SSTables are looked for in whose catalog is lost, by their columns; those in none get a table of their own. */
  readonly schema?: Schema;
}

/**
 * Gets out of the files of a store what checksums vouch for: mutations of WAL segments, also those set aside; rows and deletions of
 * SSTables, damaged ones too, chunk by chunk; of a store whose catalog is lost all SSTables, with the schema that the log tells, and tables
 * that it does not know made from the headers of their SSTables. All of it is written to `target`, whose schema becomes that of the store; `source` is only read, and has to be acquired. Memory stays bounded by a
 * WAL segment. Rejects with StorageError, with CassetteError STORE_FORMAT for a store of another version; never for damage.
 *
 * What is salvaged may be older than a deletion that was purged since: then it is there again.
 *
 * Of tables whose SSTables are lost at least in part, and of all where the catalog is lost, mutations are taken, too, that the log has kept
 * for those who read changes; in a store that is open nobody may read them meanwhile.
 */
export async function salvage(source: Storage, target: WriteEngine, options: SalvageOptions = {}): Promise<SalvageReport> {
  const inCatalog = await contentsOf(source);
  const hasCatalog = inCatalog.store !== undefined;
  const files = await source.list();
  const segmentsAll = files.filter((file) => segmentOf(file) !== null);
  const inLog = hasCatalog ? null : await descriptionIn(source, segmentsAll);
  const contents = inLog === null ? inCatalog : { ...inCatalog, ...inLog.description };
  const { inPlace, aside } = findSSTables(files, contents);
  const isAside = options.what === 'aside';
  const found = isAside
    ? [...aside, ...inPlace.filter((one) => isSetAside(one, target))]
    : [...aside, ...inPlace.filter((one) => !hasCatalog || mayCount(one, contents, source))];
  const lowest = contents.store?.lowestWalSegment ?? 0;
  const segments = segmentsAll.filter((file) => {
    const segment = segmentOf(file)!;
    return segment.isAside || (!isAside && !segment.isKept && segment.number >= lowest);
  });
  // One that a crash kept from getting the name of those that are kept is as good.
  const kept = segmentsAll.filter((file) => !segments.includes(file) && (!isAside || segmentOf(file)!.isKept));
  const headers = new Map<FoundSSTable, SerializationHeader | null>();
  for (const one of found) headers.set(one, await headerOf(source, one));
  const tables = new Map<string, TableMetadata>();
  const unknown: UnknownTable[] = [];
  let schema = isAside ? target.schema : contents.schema;
  for (const id of new Set(found.map(({ tableId }) => tableId))) {
    const ofTable = found.filter((one) => one.tableId === id);
    const told = ofTable.flatMap((one) => {
      const header = headers.get(one) ?? null;
      return header === null ? [] : [{ file: [...one.files.values()][0], header }];
    });
    const uuid = new Uuid(fromHex(id)!);
    const known = schema.tableById(uuid) ?? fitting(options.schema, told);
    if (known !== null) {
      tables.set(id, known);
      if (schema.tableById(known.id) === undefined) schema = withTable(schema, known, options.schema);
      continue;
    }
    if (told.length > 0 && !isAside) unknown.push({ id: uuid, name: `table_${id.slice(0, 8)}`, headers: told });
  }
  const rebuilt = rebuiltTables(unknown, schema.keyspaces);
  for (const table of rebuilt.tables) tables.set(toHex(table.id.bytes), table);
  for (const keyspace of rebuilt.keyspaces) schema = schema.withKeyspace(keyspace);
  if (!isAside) await target.changeSchema(schema);
  const taken = new SalvageTarget(target);
  const segmentReports: SalvagedSegment[] = [];
  for (const file of segments) segmentReports.push(await salvageSegment(source, file, contents, taken));
  const sstables: SalvagedSSTable[] = [];
  for (const one of found) {
    const table = tables.get(one.tableId);
    sstables.push(
      table === undefined
        ? await withoutTable(source, one)
        : await salvageSSTable(source, one, headers.get(one) ?? null, table, taken),
    );
    await taken.write();
  }
  // All of it that SSTables have comes to nothing beside them: it has their timestamps, and counters are in the log as what they came to.
  const lacking = hasCatalog ? onlyLacking(contents, found, sstables, isAside ? target : null) : contents;
  if (lacking.schema.tables.length > 0) {
    for (const file of kept) segmentReports.push(await salvageSegment(source, file, lacking, taken));
  }
  await taken.finish();
  return {
    hasCatalog,
    describedBy: inLog?.file ?? null,
    schemaGaps: inLog?.gaps ?? [],
    segments: segmentReports,
    sstables,
    tablesRebuilt: rebuilt.tables.map(String),
    mutations: segmentReports.reduce((sum, { mutations }) => sum + mutations, 0),
    rows: sstables.reduce((sum, { rows }) => sum + rows, 0),
  };
}

/** What the catalog says; nothing where it is lost. */
async function contentsOf(source: Storage): Promise<CatalogContents> {
  try {
    return await loadCatalog(source.catalog);
  } catch (error) {
    if (error instanceof CassetteError && error.code === 'CATALOG_CORRUPT') return NOTHING;
    throw error;
  }
}

/** The catalog with those tables alone of which an SSTable is missing or was not got as a whole. `store`: the one that is its own target. */
function onlyLacking(
  contents: CatalogContents,
  found: readonly FoundSSTable[],
  reports: readonly SalvagedSSTable[],
  store: WriteEngine | null,
): CatalogContents {
  const lacking = new Set(found.filter((_, i) => reports[i].lost.length > 0).map(({ tableId }) => tableId));
  const isFound = (tableId: string, generation: unknown) =>
    found.some((one) => one.tableId === tableId && one.descriptor.id === String(generation) && one.files.has(Component.DATA));
  if (store === null) {
    for (const { tableId, generation } of contents.sstables) if (!isFound(tableId, generation)) lacking.add(tableId);
  } else {
    for (const { file, generation } of store.recovery.sstablesSetAside) {
      const tableId = /[0-9a-f]{32}/.exec(file)?.[0];
      if (tableId !== undefined && !isFound(tableId, generation)) lacking.add(tableId);
    }
  }
  const whole = contents.schema.tables.filter(({ id }) => !lacking.has(toHex(id.bytes)));
  return {
    ...contents,
    schema: whole.reduce((schema, { keyspace, name }) => schema.withoutTable(keyspace, name), contents.schema),
  };
}

/** Whether the store itself could not open it. */
function isSetAside({ tableId, descriptor }: FoundSSTable, target: WriteEngine): boolean {
  return target.recovery.sstablesSetAside.some(
    ({ generation, file }) => String(generation) === descriptor.id && file.includes(tableId),
  );
}

/** Whether a file is more than litter: the catalog names it, or may have done so. */
function mayCount({ tableId, descriptor }: FoundSSTable, contents: CatalogContents, source: Storage): boolean {
  if (source.catalog.damage?.mayHaveLost === true) return true;
  return contents.sstables.some((one) => one.tableId === tableId && String(one.generation) === descriptor.id);
}

/** The one table that SSTables of these headers can be of; null where there is none, or more than one. */
function fitting(
  schema: Schema | undefined,
  told: readonly { readonly file: string; readonly header: SerializationHeader }[],
): TableMetadata | null {
  if (schema === undefined || told.length === 0) return null;
  const fit = schema.tables.filter((table) => told.every(({ file, header }) => misfitsOf(header, table, file).length === 0));
  return fit.length === 1 ? fit[0] : null;
}

function withTable(schema: Schema, table: TableMetadata, from: Schema | undefined): Schema {
  const origin = from?.keyspace(table.keyspace);
  const keyspace = schema.keyspace(table.keyspace) ?? emptyKeyspace(table.keyspace, origin);
  return schema.withKeyspace(keyspace.withTable(table));
}

function emptyKeyspace(name: string, like?: KeyspaceMetadata): KeyspaceMetadata {
  const replication = like?.replication ?? { class: 'SimpleStrategy', replication_factor: '1' };
  return new KeyspaceMetadata({ name, replication, durableWrites: true, ...(like !== undefined && { types: like.types }) });
}

async function withoutTable(source: Storage, { tableId, files }: FoundSSTable): Promise<SalvagedSSTable> {
  const [file] = files.values();
  const opened = await source.open(file);
  const to = opened.size;
  opened.close();
  const reason = 'its table is not in the schema, and its header, which says which columns the rows have, is damaged or missing';
  const lost = [{ file, from: 0, to, reason }];
  return { file, table: tableId, partitions: 0, rows: 0, deletions: 0, lost, keysLost: [], partitionsLost: null };
}
