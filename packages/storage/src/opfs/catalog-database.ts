import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { StoreLockedError } from '../errors.ts';
import { domError, nameOf } from './dom-errors.ts';
import { pause } from './patience.ts';

/** One object store; keys are the catalog's keys, values their JSON text. */
export interface CatalogSchema extends DBSchema {
  catalog: { key: string; value: string };
}

const databaseVersion = 1;
const blockedWaitMs = 5_000;
/** A browser that has just dropped a database refuses to open it for a moment. */
const retryWaitsMs: readonly number[] = [20, 100, 400];

/** Opens the catalog's database, making it if it is not there; `created` says so. `terminated` is called when the browser drops it. */
export async function connect(
  name: string,
  where: string,
  terminated: () => void,
): Promise<{ database: IDBPDatabase<CatalogSchema>; created: boolean }> {
  for (const wait of retryWaitsMs) {
    try {
      return await tryToConnect(name, where, terminated);
    } catch (error) {
      if (nameOf(error) !== 'AbortError') throw domError(error, 'open', where);
    }
    await pause(wait);
  }
  try {
    return await tryToConnect(name, where, terminated);
  } catch (error) {
    throw domError(error, 'open', where);
  }
}

function tryToConnect(
  name: string,
  where: string,
  terminated: () => void,
): Promise<{ database: IDBPDatabase<CatalogSchema>; created: boolean }> {
  let created = false;
  let giveUp: ReturnType<typeof setTimeout> | undefined;
  let abandoned = false;
  return new Promise((resolve, reject) => {
    openDB<CatalogSchema>(name, databaseVersion, {
      upgrade(database) {
        created = true;
        database.createObjectStore('catalog');
      },
      // Only a deletion or upgrade that another scope has begun can block us, and it waits for a connection of a third.
      blocked() {
        giveUp = setTimeout(() => {
          abandoned = true;
          reject(
            new StoreLockedError(`${where} is being deleted or upgraded in another tab: close other tabs of this site`, {
              where,
            }),
          );
        }, blockedWaitMs);
      },
      // `blocking` (another scope wants to delete or upgrade the database) is left unanswered on purpose: whoever
      // deletes a store takes its Web Lock first, so this is a stranger, and the deletion waits until we close.
      terminated,
    })
      .then((database) => {
        if (abandoned) database.close();
        else resolve({ database, created });
      }, reject)
      .finally(() => clearTimeout(giveUp));
  });
}
