import { CassetteError } from '@cassette/bytes';
import { type CatalogDamage, KEY_FILE, missingKey, type Storage } from '@cassette/storage';
import type { CatalogContents } from '../catalog/index.ts';
import { parseSSTableFile } from '../sstables/index.ts';
import { segmentNumber } from '../wal/index.ts';
import type { CorruptionFound } from '../write-engine/recovery-report.ts';

/**
 * Throws CassetteError CATALOG_MISSING where there are files of a store and no catalog that says what they are: a catalog is
 * made before any of them, so it was lost, and to begin anew would make litter of everything; ENCRYPTION_KEY_MISSING where they are
 * encrypted. Nothing is changed.
 */
export function requireCatalog(storage: Storage, contents: CatalogContents, files: readonly string[]): void {
  if (contents.store !== undefined) return;
  // An encrypted store does not show it to those who have the key.
  if (files.includes(KEY_FILE)) throw missingKey();
  const found = files.filter((name) => parseSSTableFile(name) !== null || segmentNumber(name) !== null);
  if (found.length === 0) return;
  const canBeRead = isEncrypted(storage)
    ? 'the SSTables are whole without it but encrypted: what salvage makes of them is plain, and can be loaded into Cassandra'
    : 'the SSTables are whole without it and can be read with "cassette dump" or loaded into Cassandra';
  throw new CassetteError(
    'CATALOG_MISSING',
    `The store ${storage.description} has ${found.length} files of data (${found[0]}) and no catalog that tells what they are. ` +
      'Nothing was changed or removed. Put the catalog back, from a backup of the store for one, or get the rows out with ' +
      `"cassette salvage"; ${canBeRead}. To begin anew, move the files away first`,
    { store: storage.description, files: found.length, damage: storage.catalog.damage },
  );
}

/** Told by what such a storage alone has: its class is loaded only where it is needed. */
function isEncrypted(storage: Storage): boolean {
  return 'challenge' in storage;
}

/** A catalog's damage as a report tells of it, where it is not a torn tail. */
export function mendedCatalog({ file, offset, size }: CatalogDamage): CorruptionFound {
  const message = 'The catalog was damaged here: its copy of these bytes was good, and nothing is lost';
  return { file, offset, size, message };
}

/**
 * Renames files that nothing names to `aside-<name>`, durably: what a catalog that lost a transaction does not name may be all
 * that is left of acknowledged writes. Needs no room. Throws StorageError. Returns the new names.
 */
export async function putLitterAside(storage: Storage, litter: readonly string[]): Promise<string[]> {
  const renamed: string[] = [];
  for (const name of litter) {
    let free = `aside-${name}`;
    for (let n = 2; await storage.exists(free); n++) free = `aside-${n}-${name}`;
    await storage.rename(name, free);
    renamed.push(free);
  }
  if (renamed.length > 0) await storage.sync();
  return renamed;
}
