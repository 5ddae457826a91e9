import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CassetteError } from '@cassette/bytes';
import type { TableMetadata } from '@cassette/cql';
import { Component, type Descriptor, parseFileName, printFileName, SSTableReader, type SSTableSources } from '@cassette/sstable';
import { FileSource } from './file-source.ts';

/** The -Data.db files that paths name: files as they are, directories with all below them, in order. */
export function findSSTables(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    if (!existsSync(path)) throw new CassetteError('CANNOT_READ', `${path} is not there`, { file: path });
    if (!statSync(path).isDirectory()) return [path];
    const found = readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('-Data.db'))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
    if (found.length === 0) throw new CassetteError('NO_SSTABLES', `There is no SSTable below ${path}`, { file: path });
    return found;
  });
}

/** Keyspace and table that the two last folders of a path tell, as Cassandra lays files out (`ks/table` or `ks/table-id`). */
export function tableOfPath(path: string): { readonly keyspace: string; readonly table: string } {
  const folder = dirname(path);
  return { keyspace: basename(dirname(folder)), table: basename(folder).replace(/-[0-9a-f]{32}$/, '') };
}

/** Opens the SSTable of a -Data.db file for the time of `work`. */
export function withSSTable<T>(
  dataPath: string,
  table: TableMetadata | undefined,
  work: (reader: SSTableReader) => Promise<T>,
): Promise<T> {
  return withSources(dataPath, (descriptor, sources) =>
    work(SSTableReader.open(descriptor, sources, table === undefined ? {} : { table })),
  );
}

/** A store's own directory is flat: there the table's id stands before the name that Cassandra would give. */
const storePrefix = /^((?:[0-9a-f]{32}-)?)(.*)$/s;

/** Opens the components of the SSTable of a -Data.db file for the time of `work`. */
export async function withSources<T>(
  dataPath: string,
  work: (descriptor: Descriptor, sources: SSTableSources) => Promise<T>,
): Promise<T> {
  const [, prefix, name] = storePrefix.exec(basename(dataPath))!;
  const { descriptor, component } = parseFileName(name);
  if (component !== Component.DATA) {
    throw new CassetteError('WRONG_FILE', `${dataPath} is not a -Data.db file: give that one, its sisters are found beside it`, {
      file: dataPath,
    });
  }
  const sources: Partial<Record<Component, FileSource>> = {};
  try {
    for (const one of Object.values(Component)) {
      const path = join(dirname(dataPath), `${prefix}${printFileName(descriptor, one)}`);
      if (existsSync(path)) sources[one] = new FileSource(path);
    }
    return await work(descriptor, sources as SSTableSources);
  } finally {
    for (const source of Object.values(sources)) source.close();
  }
}
