import { CassetteError } from '@cassette/bytes';
import { Component, type Descriptor, parseFileName } from '@cassette/sstable';

/** A file of an SSTable, by its path. */
export interface SSTableFile {
  /** Its folder, keyspace and table are what else tells it apart from others of that name. */
  readonly folder: string;
  readonly keyspace: string;
  readonly table: string;
  /** In hexadecimal digits, of a file of a store; else empty. */
  readonly tableId: string;
  readonly descriptor: Descriptor;
  readonly component: Component;
  /** Its name, as the file system has it. */
  readonly fileName: string;
}

const components: ReadonlySet<string> = new Set(Object.values(Component));
/** Files of a store: the table's id stands before the name that Cassandra would give. */
const OF_STORE = /^([0-9a-f]{32})-(.+)$/;
/** Folders of a node: the table's name and its id. */
const TABLE_FOLDER = /^(.+)-[0-9a-f]{32}$/;
const ORDINARY = /^\w+$/;

/** What a path says of a file of an SSTable; a text that says why it is none. */
export function fileOfPath(path: string): SSTableFile | string {
  const steps = path.split('/').filter((step) => step !== '' && step !== '.');
  const fileName = steps.pop() ?? '';
  const ofStore = OF_STORE.exec(fileName);
  let parsed: ReturnType<typeof parseFileName>;
  try {
    parsed = parseFileName(ofStore === null ? fileName : ofStore[2]);
  } catch (error) {
    if (!(error instanceof CassetteError)) throw error;
    return error.message;
  }
  const { descriptor, component } = parsed;
  if (!components.has(component)) return `${component} is no component of an SSTable that is shown here`;
  const folder = steps.join('/');
  return {
    folder: ofStore === null ? folder : `${folder}/${ofStore[1]}`,
    ...namesIn(steps),
    tableId: ofStore?.[1] ?? '',
    descriptor,
    component: component as Component,
    fileName,
  };
}

/** Whether a file is a zip, by its name. */
export function isZip(path: string): boolean {
  return path.toLowerCase().endsWith('.zip');
}

// keyspace/table of an export; keyspace/table-id of a node, with snapshots/NAME or backups below it.
function namesIn(steps: readonly string[]): { readonly keyspace: string; readonly table: string } {
  let end = steps.length;
  if (steps[end - 1] === 'backups') end--;
  else if (steps[end - 2] === 'snapshots') end -= 2;
  const table = steps[end - 1] ?? '';
  const keyspace = steps[end - 2] ?? '';
  const name = TABLE_FOLDER.exec(table)?.[1] ?? table;
  return ORDINARY.test(name) && ORDINARY.test(keyspace) ? { keyspace, table: name } : { keyspace: '', table: '' };
}
