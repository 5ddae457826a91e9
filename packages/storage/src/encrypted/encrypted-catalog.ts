import { CassetteError } from '@cassette/bytes';
import { type EncodedChanges, encodeChanges } from '../shared/catalog-values.ts';
import type { Catalog, CatalogChanges, CatalogDamage, CatalogValue } from '../storage.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { KEY_RECORD, SEALED_PREFIX } from './missing-key.ts';
import type { StoreKeys } from './store-keys.ts';
import { COPY_MARK } from './unfinished-copy.ts';

const NONCE_SIZE = 12;

/**
 * A catalog whose records are encrypted one by one, keys and values, with WebCrypto. What lies in the catalog below it: a record under a
 * name that is the same for the same key and tells nothing of it (HMAC), with nonce, ciphertext and tag in base64. The name is associated
 * data, so that no record can be put in another's place.
 */
export class EncryptedCatalog implements Catalog {
  private readonly inner: Catalog;
  private readonly keys: () => StoreKeys | null;
  /**
   * The record of keys where the catalog lacks it: it comes with the next commit, and not alone, so that a catalog that was lost stays
   * empty until it is put back.
   */
  owed: CatalogValue | null = null;
  /** Commits go one by one: sealing takes its time, and they take effect in the order of their calls. */
  private turn: Promise<unknown> = Promise.resolve();

  /** `keys` gives null while the store is not open. */
  constructor(inner: Catalog, keys: () => StoreKeys | null) {
    this.inner = inner;
    this.keys = keys;
  }

  get damage(): CatalogDamage | null {
    return this.inner.damage;
  }

  /** Throws CassetteError CATALOG_CORRUPT for a record whose tag is wrong. */
  async load(): Promise<Map<string, CatalogValue>> {
    const records = await this.inner.load();
    const keys = this.keys();
    if (keys === null) return new Map();
    records.delete(KEY_RECORD);
    records.delete(COPY_MARK);
    return new Map(await Promise.all(Array.from(records, ([name, sealed]) => openRecord(keys, name, sealed))));
  }

  async commit(changes: CatalogChanges): Promise<void> {
    const encoded = encodeChanges(changes);
    const committed = this.turn.then(() => this.run(encoded));
    this.turn = committed.catch(() => undefined);
    await committed;
  }

  private async run({ deletes, puts }: EncodedChanges): Promise<void> {
    const keys = this.keys();
    // Closed: the one below says so.
    if (keys === null) return this.inner.commit({});
    const names = await Promise.all(deletes.map((key) => (key === COPY_MARK ? key : nameOf(keys, key))));
    const put = new Map<string, CatalogValue>(await Promise.all(puts.map(([key, json]) => sealRecord(keys, key, json))));
    if (this.owed !== null) put.set(KEY_RECORD, this.owed);
    await this.inner.commit({ put, delete: names });
    this.owed = null;
  }
}

async function nameOf({ catalogKeys }: StoreKeys, key: string): Promise<string> {
  const tag = new Uint8Array(await crypto.subtle.sign('HMAC', catalogKeys, new TextEncoder().encode(key)));
  return SEALED_PREFIX + toBase64(tag.subarray(0, 18));
}

async function sealRecord(keys: StoreKeys, key: string, json: string): Promise<[name: string, sealed: string]> {
  const name = await nameOf(keys, key);
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_SIZE));
  const plain = new TextEncoder().encode(JSON.stringify([key, JSON.parse(json)]));
  const algorithm = { name: 'AES-GCM', iv: nonce, additionalData: new TextEncoder().encode(name) };
  const sealed = new Uint8Array(await crypto.subtle.encrypt(algorithm, keys.catalog, plain));
  const record = new Uint8Array(NONCE_SIZE + sealed.length);
  record.set(nonce);
  record.set(sealed, NONCE_SIZE);
  return [name, toBase64(record)];
}

async function openRecord(keys: StoreKeys, name: string, sealed: CatalogValue): Promise<[key: string, value: CatalogValue]> {
  const record = fromBase64(sealed);
  if (!name.startsWith(SEALED_PREFIX) || record === null) throw corrupt(name);
  const algorithm = { name: 'AES-GCM', iv: record.subarray(0, NONCE_SIZE), additionalData: new TextEncoder().encode(name) };
  let plain: ArrayBuffer;
  try {
    plain = await crypto.subtle.decrypt(algorithm, keys.catalog, record.subarray(NONCE_SIZE));
  } catch (error) {
    throw corrupt(name, error);
  }
  return JSON.parse(new TextDecoder().decode(plain)) as [string, CatalogValue];
}

function corrupt(name: string, cause?: unknown): CassetteError {
  const message = `The store's catalog is damaged: its encrypted record ${name} is not what was written`;
  return new CassetteError('CATALOG_CORRUPT', message, { key: name }, cause);
}
