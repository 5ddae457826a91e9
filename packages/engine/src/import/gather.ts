import { isSystemKeyspace } from '@cassette/cql';
import {
  Component,
  type Descriptor,
  InvalidFileNameError,
  MissingComponentError,
  parseFileName,
  UnsupportedVersionError,
} from '@cassette/sstable';
import type { ImportEntry } from './import-entries.ts';
import { ImportError } from './import-error.ts';

/** An SSTable as it lies in what is imported. */
export interface GatheredSSTable {
  readonly descriptor: Descriptor;
  /** Path of its Data.db. */
  readonly shown: string;
  readonly components: ReadonlyMap<Component, ImportEntry>;
  /** Names of all its components, of indexes too. */
  readonly names: readonly string[];
}

/** The SSTables of a table. */
export interface GatheredTable {
  readonly keyspace: string;
  readonly table: string;
  readonly sstables: readonly GatheredSSTable[];
}

/** What is imported, in order. */
export interface Gathered {
  readonly tables: readonly GatheredTable[];
  /** The files of CQL, each with the keyspace that its folder tells of. */
  readonly schemas: readonly { readonly entry: ImportEntry; readonly keyspace: string | null }[];
  readonly ignored: readonly string[];
}

/** What is said of tables by whoever imports. */
export interface NamedTable {
  /** Of all SSTables: `keyspace.table`, taken apart. */
  readonly table?: { readonly keyspace: string; readonly name: string };
  readonly keyspace?: string;
}

const COMPONENTS: ReadonlySet<string> = new Set(Object.values(Component));
const TABLE_FOLDER = /^(.*?)(-[0-9a-f]{32})?$/s;

interface Folder {
  readonly keyspace: string | null;
  readonly table: string | null;
  /** Whether its name ends in a table's id, as in a node's directories. */
  readonly hasId: boolean;
  /** The folder of the table itself; `kind` says what of it: its live files, or the name of a snapshot, or its backups. */
  readonly home: string;
  readonly kind: 'live' | 'snapshot' | 'backup';
}

/**
 * Finds SSTables by their names and tables by the folders, as Cassandra lays them out: `ks/table-id/`, `ks/table-id/snapshots/NAME/`,
 * `ks/table-id/backups/`, and `ks/table/` as exports have it. Throws ImportError NOTHING_TO_IMPORT and IMPORT_AMBIGUOUS,
 * UnsupportedVersionError, MissingComponentError.
 */
export function gather(entries: readonly ImportEntry[], named: NamedTable): Gathered {
  const found = new Map<string, { folder: Folder; descriptor: Descriptor; files: Map<string, ImportEntry> }>();
  const schemas: { entry: ImportEntry; keyspace: string | null }[] = [];
  const ignored: string[] = [];
  for (const entry of entries) {
    const name = entry.parts[entry.parts.length - 1];
    if (name === 'schema.cql') {
      schemas.push({ entry, keyspace: keyspaceOfSchema(entry) });
      continue;
    }
    const parsed = parsedName(entry, name);
    const folder = parsed === null ? null : folderOf(entry, entry.parts.length - 1);
    const keyspace = named.table?.keyspace ?? named.keyspace ?? folder?.keyspace ?? '';
    if (parsed === null || folder === null || isSystemKeyspace(keyspace)) {
      ignored.push(entry.shown);
      continue;
    }
    const { descriptor } = parsed;
    const key = [entry.origin, ...entry.parts.slice(0, -1), `${descriptor.version.name}-${descriptor.id}`].join('/');
    let sstable = found.get(key);
    if (sstable === undefined) {
      sstable = { folder, descriptor, files: new Map() };
      found.set(key, sstable);
    }
    sstable.files.set(parsed.component, entry);
    if (!COMPONENTS.has(parsed.component)) ignored.push(entry.shown);
  }
  const chosen = liveOnes([...found.values()], ignored);
  const tables = new Map<string, { keyspace: string; table: string; sstables: GatheredSSTable[] }>();
  for (const { folder, descriptor, files } of chosen) {
    const place = placeOf(folder, named, files);
    const key = `${place.keyspace}.${place.table}`;
    let table = tables.get(key);
    if (table === undefined) {
      table = { ...place, sstables: [] };
      tables.set(key, table);
    }
    table.sstables.push(sstableOf(descriptor, files));
  }
  if (tables.size === 0 && schemas.length === 0) {
    throw new ImportError('NOTHING_TO_IMPORT', 'There is no SSTable and no schema.cql in what is to be imported', {
      files: entries.length,
    });
  }
  return { tables: [...tables.values()], schemas, ignored };
}

/** The keyspace that a schema.cql is of: it lies in its folder, or in that of one of its tables. */
function keyspaceOfSchema(entry: ImportEntry): string | null {
  const depth = entry.parts.length - 1;
  const folder = depth === 0 ? null : folderOf(entry, depth);
  if (folder === null) return null;
  return folder.hasId ? folder.keyspace : folder.table;
}

/** Null for what is no file of an SSTable. */
function parsedName(entry: ImportEntry, name: string): { readonly descriptor: Descriptor; readonly component: string } | null {
  try {
    return parseFileName(name);
  } catch (error) {
    if (error instanceof InvalidFileNameError) return null;
    if (error instanceof UnsupportedVersionError) {
      throw new ImportError(error.code, `${entry.shown}: ${error.message}`, { ...error.data, entry: entry.shown }, error);
    }
    throw error;
  }
}

/** The folder that the first `depth` parts make; null for one of a secondary index, which is made anew wherever there is one. */
function folderOf({ parts, origin }: ImportEntry, depth: number): Folder | null {
  let end = depth;
  if (end > 0 && parts[end - 1].startsWith('.')) return null;
  let kind: Folder['kind'] = 'live';
  if (end >= 3 && parts[end - 2] === 'snapshots') {
    kind = 'snapshot';
    end -= 2;
  } else if (end >= 2 && parts[end - 1] === 'backups') {
    kind = 'backup';
    end -= 1;
  }
  const [, table = '', id] = TABLE_FOLDER.exec(end > 0 ? parts[end - 1] : '')!;
  return {
    table: table === '' ? null : table,
    hasId: id !== undefined,
    keyspace: end > 1 ? parts[end - 2] : null,
    home: [origin, ...parts.slice(0, end)].join('/'),
    kind,
  };
}

/** Snapshots and backups hold what the live files held once: where those are, they would bring back what was compacted away. */
function liveOnes<T extends { readonly folder: Folder; readonly files: ReadonlyMap<string, ImportEntry> }>(
  found: readonly T[],
  ignored: string[],
): readonly T[] {
  const live = new Set(found.filter(({ folder }) => folder.kind === 'live').map(({ folder }) => folder.home));
  const chosen: T[] = [];
  const snapshots = new Map<string, string>();
  for (const one of found) {
    const { folder, files } = one;
    const [first] = files.values();
    if (folder.kind !== 'live' && live.has(folder.home)) {
      for (const { shown } of files.values()) ignored.push(shown);
      continue;
    }
    const from = first.parts.slice(0, -1).join('/');
    const other = snapshots.get(folder.home) ?? from;
    if (other !== from) {
      throw new ImportError('IMPORT_AMBIGUOUS', `${other} and ${from} are two states of one table: import one of them`, {
        folders: [other, from],
      });
    }
    if (folder.kind !== 'live') snapshots.set(folder.home, from);
    chosen.push(one);
  }
  return chosen;
}

function placeOf(
  folder: Folder,
  named: NamedTable,
  files: ReadonlyMap<string, ImportEntry>,
): { keyspace: string; table: string } {
  const keyspace = named.table?.keyspace ?? named.keyspace ?? folder.keyspace;
  const table = named.table?.name ?? folder.table;
  if (keyspace !== null && table !== null) return { keyspace, table };
  const [{ shown }] = files.values();
  throw new ImportError(
    'IMPORT_AMBIGUOUS',
    `The folders of ${shown} do not tell its keyspace and table: say which in the option 'table', as keyspace.table`,
    { entry: shown },
  );
}

function sstableOf(descriptor: Descriptor, files: ReadonlyMap<string, ImportEntry>): GatheredSSTable {
  const components = new Map<Component, ImportEntry>();
  for (const [name, entry] of files) if (COMPONENTS.has(name)) components.set(name as Component, entry);
  const index = descriptor.version.format === 'big' ? [Component.INDEX] : [Component.PARTITIONS, Component.ROWS];
  for (const needed of [Component.DATA, Component.STATISTICS, ...index]) {
    if (components.has(needed)) continue;
    const [{ shown }] = files.values();
    throw new MissingComponentError(descriptor, needed, { [Component.DATA]: { name: shown, size: 0, read: () => 0 } });
  }
  return { descriptor, components, shown: components.get(Component.DATA)!.shown, names: [...files.keys()] };
}
