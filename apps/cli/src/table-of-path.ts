import { basename, dirname, resolve } from 'node:path';
import { CassetteError } from '@cassette/bytes';
import type { TableMetadata } from '@cassette/cql';
import type { SchemaFile } from './schema-file.ts';

/** What the folders of a file tell of its table. Cassandra: db.Directories. */
export interface FolderNames {
  readonly keyspace: string;
  readonly table: string;
  /** 32 hexadecimal digits behind the table's name, or before a file of a store of ours. */
  readonly id: string | null;
  /** Whether the table is the hidden one of a secondary index, in a folder of its own within the table's. */
  readonly isIndex: boolean;
}

const TABLE_FOLDER = /^(.*?)(?:-([0-9a-f]{32}))?$/s;

/**
 * Keyspace and table as Cassandra lays files out: `ks/table-id/`, where snapshots are in `snapshots/NAME/`, backups in `backups/` and
 * indexes in `.NAME/` below it; or `ks/table/`, as exports have it.
 */
export function namesOfPath(path: string): FolderNames {
  let folder = dirname(resolve(path));
  const isHidden = basename(folder).startsWith('.');
  const own = folder;
  if (isHidden) folder = dirname(folder);
  if (basename(dirname(folder)) === 'snapshots') folder = dirname(dirname(folder));
  else if (basename(folder) === 'backups') folder = dirname(folder);
  const isIndex = isHidden && TABLE_FOLDER.exec(basename(folder))?.[2] !== undefined;
  if (isHidden && !isIndex) folder = own;
  const [, table, id] = TABLE_FOLDER.exec(basename(folder))!;
  const [, storeId] = /^(?:([0-9a-f]{32})-)?/.exec(basename(path))!;
  return { keyspace: basename(dirname(folder)), table, id: storeId ?? id ?? null, isIndex };
}

/**
 * The table of a file in a schema; null where a schema describes no such files: of secondary indexes and materialized views. It is the one
 * that `named` says (`keyspace.table`); else that of the folders' names or id; else, where the folders tell no keyspace of the schema,
 * the only one of the folder's name, or the only one at all. Throws CassetteError NO_SUCH_TABLE, and of a table that is in the file but
 * was not understood why.
 */
export function tableOfPath(path: string, file: SchemaFile, named?: string): TableMetadata | null {
  const { keyspace, table, id, isIndex } = namesOfPath(path);
  if (isIndex) return null;
  const { schema, notUnderstood, views } = file;
  const all = [...new Set([...schema.tables.map(String), ...notUnderstood.keys()])];
  const find = (name: string): TableMetadata => {
    const why = notUnderstood.get(name);
    if (why !== undefined) throw why;
    return schema.tables.find((one) => String(one) === name)!;
  };
  const wanted = named ?? `${keyspace}.${table}`;
  if (all.includes(wanted)) return find(wanted);
  if (views.has(wanted)) return null;
  if (named === undefined) {
    const byId = schema.tables.find((one) => id !== null && one.id.toString().replaceAll('-', '') === id);
    if (byId !== undefined) return find(String(byId));
    if (schema.keyspace(keyspace) === undefined) {
      const alike = all.filter((name) => name.slice(name.indexOf('.') + 1) === table);
      if (alike.length === 1) return find(alike[0]);
      if (all.length === 1) return find(all[0]);
    }
  }
  const has = all.length === 0 ? 'no table' : all.slice(0, 20).join(', ') + (all.length > 20 ? ', …' : '');
  throw new CassetteError(
    'NO_SUCH_TABLE',
    `There is no table ${wanted} in ${file.file}, which has ${has}: give the schema of ${path}, or say with --table which of them it is of`,
    { file: path, schema: file.file, table: wanted },
  );
}
