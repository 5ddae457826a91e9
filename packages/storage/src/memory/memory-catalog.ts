import { applyChanges, decodeCatalog, encodeChanges } from '../shared/catalog-values.ts';
import type { StoreSession } from '../shared/store-session.ts';
import type { Catalog, CatalogChanges, CatalogValue } from '../storage.ts';

/** A catalog that lives as long as the object. */
export class MemoryCatalog implements Catalog {
  readonly damage = null;
  readonly #session: StoreSession;
  readonly #values = new Map<string, string>();

  constructor(session: StoreSession) {
    this.#session = session;
  }

  async load(): Promise<Map<string, CatalogValue>> {
    this.#session.check();
    return decodeCatalog(this.#values);
  }

  async commit(changes: CatalogChanges): Promise<void> {
    this.#session.check();
    applyChanges(this.#values, encodeChanges(changes));
  }
}
