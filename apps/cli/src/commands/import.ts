import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { CassetteError } from '@cassette/bytes';
import type { Database, ImportedTable, ImportFile, ImportOptions, ImportReport, ImportSource } from '@cassette/engine';
import type { ByteSource } from '@cassette/sstable';
import { abortable } from '../interrupt.ts';
import { withStore } from '../open-store.ts';
import { print, printJson } from '../print.ts';
import { ProgressLine } from '../progress-line.ts';
import { readText } from '../read-text.ts';
import { parsePath } from '../sstable-files.ts';
import { inputChunks } from '../standard-input.ts';
import { isJson, tellWarning } from '../tell-error.ts';

interface ImportCommandOptions {
  readonly dir: string;
  readonly table?: string;
  readonly keyspace?: string;
  readonly schema?: string;
  readonly addMissingColumns?: boolean;
  readonly quick?: boolean;
}

/**
 * `cassette import --dir D X.zip|DIR|FILE-Data.db…|- [--table KEYSPACE.TABLE] [--schema S.cql]`: SSTables of Cassandra's into the store, all
 * of them or none. Prints a line a table, or with --json the whole report as one JSON object; warnings go to standard error.
 */
export async function importFiles(paths: readonly string[], options: ImportCommandOptions): Promise<void> {
  const source = sourceOf(paths);
  const schema = options.schema === undefined ? undefined : readText(options.schema);
  const progress = new ProgressLine();
  let report: ImportReport;
  try {
    const imported = (signal: AbortSignal) => (database: Database) => {
      const how: ImportOptions = {
        signal,
        onProgress: ({ phase, bytesDone, bytesTotal }) => progress.show(phase, bytesDone, bytesTotal),
        addMissingColumns: options.addMissingColumns === true,
        verify: options.quick === true ? 'quick' : 'extended',
        ...(options.table !== undefined && { table: options.table }),
        ...(options.keyspace !== undefined && { keyspace: options.keyspace }),
        ...(schema !== undefined && { schema }),
      };
      return database.import(source, how);
    };
    report = await abortable((signal) => withStore(options.dir, { removeIfNew: true }, imported(signal)));
  } finally {
    progress.end();
  }
  for (const warning of report.warnings) tellWarning(warning);
  if (isJson()) return printJson(report);
  for (const table of report.tables) await print(`${lineOf(table)}\n`);
}

function lineOf({ keyspace, table, schema, columnsAdded, sstables, partitions, rows, bytes }: ImportedTable): string {
  const how = {
    made: 'made',
    rebuilt: 'made from its SSTables',
    matched: 'was there',
    altered: `got ${columnsAdded.join(', ')}`,
  };
  return `${keyspace}.${table} (${how[schema]}): ${sstables} SSTables, ${partitions} partitions, ${rows} rows, ${bytes} bytes`;
}

function sourceOf(paths: readonly string[]): ImportSource {
  if (!paths.includes('-')) return paths.flatMap(filesOf);
  if (paths.length > 1) throw new CassetteError('USAGE', '- is a zip from standard input, and is imported alone');
  return inputChunks();
}

/** A zip, or an SSTable by one of its files, or all that is in a directory. Throws CassetteError CANNOT_READ. */
function filesOf(path: string): ImportFile[] {
  const full = resolve(path);
  if (attempt(full, () => statSync(full)).isDirectory()) {
    const entries = attempt(full, () => readdirSync(full, { recursive: true, withFileTypes: true }));
    return entries.filter((entry) => entry.isFile()).map((entry) => fileOf(join(entry.parentPath, entry.name)));
  }
  if (/\.(zip|cql)$/i.test(full)) return [fileOf(full)];
  const { pathOf, component } = parsePath(full);
  const prefix = pathOf('Data.db').slice(0, -'Data.db'.length);
  const names = attempt(full, () => readdirSync(dirname(full))).map((name) => join(dirname(full), name));
  if (component !== 'Data.db')
    throw new CassetteError('WRONG_FILE', `${path} is no -Data.db file: give that one, a folder or a zip`);
  return names.filter((name) => name.startsWith(prefix)).map(fileOf);
}

/** Names are whole paths, for the folders above what is given may tell keyspace and table. */
function fileOf(full: string): ImportFile {
  const name = full
    .split(sep)
    .filter((part) => part !== '' && !/^[A-Za-z]:$/.test(part))
    .join('/');
  return importFile(full, name);
}

/** A file to be imported, under the name that tells keyspace and table. Throws CassetteError CANNOT_READ. */
export function importFile(path: string, name: string): ImportFile {
  return { name, blob: new FileOnDemand(path) };
}

/** A file that is open only while it is read: there may be thousands. */
class FileOnDemand implements ByteSource {
  readonly name: string;
  readonly size: number;

  constructor(path: string) {
    this.name = path;
    this.size = attempt(path, () => statSync(path).size);
  }

  read(target: Uint8Array, position: number): number {
    return attempt(this.name, () => {
      const file = openSync(this.name, 'r');
      try {
        return readSync(file, target, 0, target.length, position);
      } finally {
        closeSync(file);
      }
    });
  }
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new CassetteError('CANNOT_READ', `${path} can't be read: ${(error as Error).message}`, { file: path }, error);
  }
}
