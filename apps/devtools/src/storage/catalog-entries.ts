// The catalog of a store as it lies in IndexedDB: read beside the engine, and never written.

/** A key of the catalog and what it says, as JSON. */
export interface CatalogEntry {
  readonly key: string;
  readonly json: string;
}

const objectStore = 'catalog';

/** What the catalog of a store says, by key; null where it has none, or another form. Rejects with DOMException where the browser refuses. */
export async function catalogOf(store: string): Promise<readonly CatalogEntry[] | null> {
  const database = await connect(`cassette:${store}`);
  if (database === null) return null;
  try {
    if (!database.objectStoreNames.contains(objectStore)) return null;
    const entries = database.transaction(objectStore, 'readonly').objectStore(objectStore);
    const [keys, values] = await Promise.all([answered(entries.getAllKeys()), answered(entries.getAll())]);
    return keys.map((key, i) => ({ key: String(key), json: String(values[i]) }));
  } finally {
    database.close();
  }
}

/** The database as it is: one that is not there is not made. */
function connect(name: string): Promise<IDBDatabase | null> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name);
    let isThere = true;
    opening.onupgradeneeded = () => {
      isThere = false;
      opening.transaction?.abort();
    };
    opening.onsuccess = () => {
      // Who deletes or renames the store does not wait for who only looks.
      opening.result.onversionchange = () => opening.result.close();
      resolve(opening.result);
    };
    opening.onerror = () => (isThere ? reject(opening.error) : resolve(null));
  });
}

function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
