import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CassetteError } from '@cassette/bytes';
import type { TableMetadata } from '@cassette/cql';
import {
  Component,
  type Descriptor,
  InvalidFileNameError,
  parseFileName,
  printFileName,
  SSTableReader,
  type SSTableSources,
  UnsupportedVersionError,
} from '@cassette/sstable';
import { isEncryptedFile } from '@cassette/storage/encrypted';
import { FileSource } from './file-source.ts';

/**
 * The SSTables that paths name, each by the path of its Data.db, also where that is missing: a file as it is given, a directory with all
 * below it, in order. Any component tells of its SSTable. Throws CassetteError CANNOT_READ, NO_SSTABLES.
 */
export function findSSTables(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    if (!existsSync(path)) throw new CassetteError('CANNOT_READ', `${path} is not there`, { file: path });
    if (!statSync(path).isDirectory()) return [path];
    const found = new Set<string>();
    for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
      const data = entry.isFile() ? dataNameOf(entry.name) : null;
      if (data !== null) found.add(join(entry.parentPath, data));
    }
    if (found.size === 0) throw new CassetteError('NO_SSTABLES', `There is no SSTable below ${path}`, { file: path });
    return [...found].sort();
  });
}

/** The name of the Data.db beside a component; null for other files. What ends as a Data.db is taken for one: whoever opens it refuses it. */
function dataNameOf(name: string): string | null {
  const component = Object.values(Component).find((one) => name.endsWith(`-${one}`));
  if (component === undefined || (component !== Component.DATA && !isOfSSTable(name))) return null;
  return name.slice(0, -component.length) + Component.DATA;
}

/** Whether a file is named as an SSTable's, of whatever version. */
function isOfSSTable(name: string): boolean {
  try {
    parsePath(name);
    return true;
  } catch (error) {
    if (error instanceof UnsupportedVersionError) return true;
    if (error instanceof InvalidFileNameError) return false;
    throw error;
  }
}

/** Opens the SSTable of a -Data.db file for the time of `work`. */
export function withSSTable<T>(
  dataPath: string,
  table: TableMetadata | null,
  work: (reader: SSTableReader) => Promise<T>,
): Promise<T> {
  return withSources(dataPath, (descriptor, sources) =>
    work(SSTableReader.open(descriptor, sources, table === null ? {} : { table })),
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

/** Opens the components of the SSTable of a -Data.db file for the time of `work`. Throws CassetteError WRONG_FILE, ENCRYPTED_SSTABLE. */
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

/** Opens those components that are there for the time of `work`. Throws CassetteError ENCRYPTED_SSTABLE for those of an encrypted store. */
export async function withComponents<T>(
  pathOf: (component: Component) => string,
  components: readonly Component[],
  work: (sources: SSTableSources) => Promise<T>,
): Promise<T> {
  const sources: Partial<Record<Component, FileSource>> = {};
  try {
    for (const one of components) {
      if (!existsSync(pathOf(one))) continue;
      const source = new FileSource(pathOf(one));
      sources[one] = source;
      requirePlain(source);
    }
    return await work(sources as SSTableSources);
  } finally {
    for (const source of Object.values(sources)) source.close();
  }
}

/** Nothing that is read of an encrypted file would make sense, and each reader would take it for other damage. */
function requirePlain(source: FileSource): void {
  const beginning = new Uint8Array(8);
  source.read(beginning, 0);
  if (!isEncryptedFile(beginning)) return;
  throw new CassetteError(
    'ENCRYPTED_SSTABLE',
    `${source.name} is encrypted, as all files of its store. With the store's passphrase or key make plain ones of them: "cassette export ` +
      '--dir STORE --passphrase-file F --out OUT", or a plain copy of the store with "cassette copy" of the same options; then read those',
    { file: source.name },
  );
}
