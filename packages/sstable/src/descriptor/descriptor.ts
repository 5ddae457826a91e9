import { CassetteError } from '@cassette/bytes';
import { UnsupportedVersionError, type Version, versionOf } from '../version/index.ts';
import { isComponentName } from './component.ts';

// <version>-<id>-<format>-<component>, e.g. nb-1-big-Data.db
//   version    two lower-case letters
//   id         a decimal integer below 2^31, or 4_4_18 characters of a time-based UUID in base 36
//   format     big | bti
//   component  see component.ts; holds no "-"
//
// Cassandra: io.sstable.Descriptor, SSTableIdFactory

/** Names one SSTable within its directory: all its files share it. Cassandra: io.sstable.Descriptor. */
export interface Descriptor {
  readonly version: Version;
  /** As in the file names: an integer ("1"), or a time-based UUID in Cassandra's form ("3gz5_0v3p_0000000000000000o0"). */
  readonly id: string;
}

/** A file name that is none of an SSTable. Code INVALID_FILE_NAME. */
export class InvalidFileNameError extends CassetteError {
  constructor(name: string, why: string) {
    super('INVALID_FILE_NAME', `${JSON.stringify(name.slice(0, 200))} is not the name of an SSTable file: ${why}`, { name });
  }
}

const INTEGER_ID = /^(0|[1-9][0-9]{0,9})$/;
/** Up to Cassandra 2.1 names began with keyspace and table and had no format: ks-table-ka-1-Data.db. */
const OLD_NAME = /^\w{1,48}-\w{1,48}(?:\.\w{1,48})?-([a-k][a-z])-\d{1,10}-[\w.]{1,32}$/;
const UUID_ID = /^[0-9a-z]{4}_[0-9a-z]{4}_[0-9a-z]{18}$/i;

/** Whether `id` can stand in a file name. */
export function isSSTableId(id: string): boolean {
  return (INTEGER_ID.test(id) && Number(id) <= 0x7fffffff) || UUID_ID.test(id);
}

/** The id as a generation number; null where it is a UUID. */
export function generationOf(descriptor: Descriptor): number | null {
  return INTEGER_ID.test(descriptor.id) ? Number(descriptor.id) : null;
}

/**
 * Takes a file name (no directory) apart. Throws {@link InvalidFileNameError} for what is no such name, and
 * UnsupportedVersionError where it is one of a version that is not known.
 */
export function parseFileName(name: string): { readonly descriptor: Descriptor; readonly component: string } {
  const parts = name.split('-');
  const old = OLD_NAME.exec(name)?.[1];
  if (old !== undefined) throw new UnsupportedVersionError(old, 'big');
  if (parts.length !== 4) throw new InvalidFileNameError(name, 'it needs four parts with "-" between them');
  const [version, id, format, component] = parts as [string, string, string, string];
  if (!/^[a-z]{2}$/.test(version)) throw new InvalidFileNameError(name, 'it does not begin with a version');
  if (!isSSTableId(id)) throw new InvalidFileNameError(name, 'its second part is neither a generation nor a UUID');
  if (!/^[a-z]{1,16}$/.test(format)) throw new InvalidFileNameError(name, 'its third part is not a format');
  if (!isComponentName(component)) throw new InvalidFileNameError(name, 'its last part is not a component');
  return { descriptor: { version: versionOf(version, format), id }, component };
}

/** The name of a component's file, without directory. */
export function printFileName(descriptor: Descriptor, component: string): string {
  if (!isSSTableId(descriptor.id)) throw new InvalidFileNameError(descriptor.id, 'the id is not one');
  if (!isComponentName(component)) throw new InvalidFileNameError(component, 'the component is not one');
  return `${descriptor.version.name}-${descriptor.id}-${descriptor.version.format}-${component}`;
}
