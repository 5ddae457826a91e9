import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CassetteError } from '@cassette/bytes';
import type { TableMetadata } from '@cassette/cql';
import { Component, type Descriptor, parseFileName, printFileName, SSTableReader, type SSTableSources } from '@cassette/sstable';
import { FileSource } from './file-source.ts';

/**
 * The files of a component that paths name: files as they are, directories with all below them, in order. Throws CassetteError
 * CANNOT_READ, NO_SSTABLES.
 */
export function findSSTables(paths: readonly string[], component: Component = Component.DATA): string[] {
  return paths.flatMap((path) => {
    if (!existsSync(path)) throw new CassetteError('CANNOT_READ', `${path} is not there`, { file: path });
    if (!statSync(path).isDirectory()) return [path];
    const found = readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(`-${component}`))
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

/** An SSTable by the path of one of its files. */
export interface SSTablePath {
  readonly descriptor: Descriptor;
  readonly component: string;
  /** The path of another of its components. */
  pathOf(component: Component): string;
}

/** Throws CassetteError WRONG_FILE for a file that is no component of an SSTable, UnsupportedVersionError. */
export function parsePath(path: string): SSTablePath {
  const [, prefix, name] = storePrefix.exec(basename(path))!;
  const { descriptor, component } = parseFileName(name);
  return { descriptor, component, pathOf: (other) => join(dirname(path), `${prefix}${printFileName(descriptor, other)}`) };
}

/** Opens the components of the SSTable of a -Data.db file for the time of `work`. */
export async function withSources<T>(
  dataPath: string,
  work: (descriptor: Descriptor, sources: SSTableSources) => Promise<T>,
): Promise<T> {
  const { descriptor, component, pathOf } = parsePath(dataPath);
  if (component !== Component.DATA) {
    throw new CassetteError('WRONG_FILE', `${dataPath} is not a -Data.db file: give that one, its sisters are found beside it`, {
      file: dataPath,
    });
  }
  return withComponents(pathOf, Object.values(Component), (sources) => work(descriptor, sources));
}

/** Opens those components that are there for the time of `work`. */
export async function withComponents<T>(
  pathOf: (component: Component) => string,
  components: readonly Component[],
  work: (sources: SSTableSources) => Promise<T>,
): Promise<T> {
  const sources: Partial<Record<Component, FileSource>> = {};
  try {
    for (const one of components) if (existsSync(pathOf(one))) sources[one] = new FileSource(pathOf(one));
    return await work(sources as SSTableSources);
  } finally {
    for (const source of Object.values(sources)) source.close();
  }
}
