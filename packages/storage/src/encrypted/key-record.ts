import { fromHex, toHex } from '@cassette/bytes';
import type { CatalogValue } from '../storage.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { wrongKey } from './errors.ts';
import { type Encryption, newWrapping, type Wrapping, wrappingKey } from './owner-key.ts';

/** Version of the record. */
const VERSION = 1;
/** A record that asks for more was not written by Cassette, and would keep whoever opens it busy for hours. */
const ITERATIONS_MAX = 100_000_000;
const NONCE_SIZE = 12;

/**
 * The record of a store's keys, which is readable: the random key of the store (256 bits), encrypted with AES-GCM under the owner's key.
 * Whoever changes the passphrase changes this record and nothing else.
 */
export interface KeyRecord {
  /** 8 bytes that tell the store's key from others; every file names it. */
  readonly keyId: Uint8Array;
  readonly wrapping: Wrapping;
  readonly nonce: Uint8Array<ArrayBuffer>;
  /** 48 bytes: the key and the tag. */
  readonly wrapped: Uint8Array<ArrayBuffer>;
}

/** A new random key for a store, wrapped for its owner. The caller zeroes `dataKey`. */
export async function newKey(encryption: Encryption): Promise<{ record: KeyRecord; dataKey: Uint8Array<ArrayBuffer> }> {
  const dataKey = crypto.getRandomValues(new Uint8Array(32));
  const record = await wrap(dataKey, crypto.getRandomValues(new Uint8Array(8)), encryption);
  return { record, dataKey };
}

/** The store's key, wrapped for an owner. */
export async function wrap(dataKey: Uint8Array<ArrayBuffer>, keyId: Uint8Array, encryption: Encryption): Promise<KeyRecord> {
  const wrapping = newWrapping(encryption);
  const key = (await wrappingKey(encryption, wrapping))!;
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_SIZE));
  const algorithm = { name: 'AES-GCM', iv: nonce, additionalData: associated(keyId, wrapping) };
  return { keyId, wrapping, nonce, wrapped: new Uint8Array(await crypto.subtle.encrypt(algorithm, key, dataKey)) };
}

/** The store's key. Throws StorageError ENCRYPTION_KEY_WRONG. The caller zeroes it. */
export async function unwrap(record: KeyRecord, encryption: Encryption, store: string): Promise<Uint8Array<ArrayBuffer>> {
  const { keyId, wrapping, nonce, wrapped } = record;
  const key = await wrappingKey(encryption, wrapping);
  if (key === null) {
    const [asked, given] = wrapping.by === 'key' ? ['a key', 'a passphrase'] : ['a passphrase', 'a key'];
    throw wrongKey(store, `it was encrypted with ${asked}, and ${given} was given`);
  }
  try {
    const algorithm = { name: 'AES-GCM', iv: nonce, additionalData: associated(keyId, wrapping) };
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, wrapped));
  } catch (error) {
    // WebCrypto's word for a wrong tag. A key whose size or use is wrong is told by another.
    if (!(error instanceof Error) || error.name !== 'OperationError') throw error;
    throw wrongKey(store, `the ${wrapping.by} is wrong`);
  }
}

/** The record as plain JSON, for the catalog and the key file. */
export function recordToValue({ keyId, wrapping, nonce, wrapped }: KeyRecord): { readonly [key: string]: CatalogValue } {
  const how =
    wrapping.by === 'key'
      ? { by: 'key' }
      : { by: 'passphrase', kdf: 'PBKDF2-SHA-256', iterations: wrapping.iterations, salt: toBase64(wrapping.salt) };
  return {
    version: VERSION,
    keyId: toHex(keyId),
    ...how,
    cipher: 'AES-256-GCM',
    nonce: toBase64(nonce),
    wrapped: toBase64(wrapped),
  };
}

/** Reads it; null for what is no such record, or one of a later version. */
export function recordFromValue(value: unknown): KeyRecord | null {
  if (typeof value !== 'object' || value === null) return null;
  const { version, keyId: id, by, iterations, salt: salted, nonce: given, wrapped: sealed } = value as Record<string, unknown>;
  const [nonce, wrapped] = [fromBase64(given), fromBase64(sealed)];
  const keyId = typeof id === 'string' ? fromHex(id) : null;
  if (version !== VERSION || keyId?.length !== 8 || nonce?.length !== NONCE_SIZE || wrapped?.length !== 48) return null;
  if (by === 'key') return { keyId, wrapping: { by }, nonce, wrapped };
  const salt = fromBase64(salted);
  if (by !== 'passphrase' || salt === null || typeof iterations !== 'number' || !Number.isSafeInteger(iterations)) return null;
  if (iterations < 1 || iterations > ITERATIONS_MAX) return null;
  return { keyId, wrapping: { by, iterations, salt }, nonce, wrapped };
}

/** What the tag vouches for beside the key itself. */
function associated(keyId: Uint8Array, wrapping: Wrapping): Uint8Array<ArrayBuffer> {
  const how = wrapping.by === 'key' ? 'key' : `passphrase:${wrapping.iterations}:${toBase64(wrapping.salt)}`;
  return new TextEncoder().encode(`cassette:key:${VERSION}:${toHex(keyId)}:${how}`) as Uint8Array<ArrayBuffer>;
}
