import { StorageError } from '../errors.ts';

/** The folder of the origin's private file system that holds all stores. */
export const rootFolder = 'cassette';
/** The file of a store's folder that holds the second copy of its catalog; one of the reserved names. */
export const mirrorName = 'catalog';
/** File systems take names up to 255 bytes. */
const encodedLengthMax = 200;

/**
 * A store's folder name: letters, digits, `_` and `-` stay, every other byte of the UTF-8 text becomes `%XX`, so that no
 * name can leave the folder or mean something to a file system. Throws `INVALID_STORE_NAME` for an empty name, one that
 * takes more than 200 bytes so encoded, or one that is not well-formed Unicode.
 */
export function encodeStoreName(name: string): string {
  let encoded = '';
  if (!/[\ud800-\udfff]/u.test(name)) {
    encoded = encodeURIComponent(name).replace(/[.!~*'()]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  }
  if (encoded === '' || encoded.length > encodedLengthMax) {
    throw new StorageError(
      'INVALID_STORE_NAME',
      `${JSON.stringify(name)} cannot name a store: use 1 to ${encodedLengthMax} letters, digits, _ or - (others count more)`,
      { store: name },
    );
  }
  return encoded;
}

/** The store whose folder this is; undefined for a folder that {@link encodeStoreName} did not name. */
export function decodeStoreName(folder: string): string | undefined {
  let name: string;
  try {
    name = decodeURIComponent(folder);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
  return name !== '' && folder.length <= encodedLengthMax && encodeStoreName(name) === folder ? name : undefined;
}

/** The name of a store's Web Lock and of its IndexedDB database. */
export function lockAndDatabaseName(name: string): string {
  return `cassette:${name}`;
}

/** The name of the Web Lock of a worker that helps the one who has the store. */
export function helperLockName(name: string): string {
  return `cassette-helper:${name}`;
}
