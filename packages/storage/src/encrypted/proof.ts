import type { CatalogValue } from '../storage.ts';
import { lostKeyRecord } from './errors.ts';
import { recordFromValue, unwrap } from './key-record.ts';
import type { Encryption } from './owner-key.ts';
import { StoreKeys } from './store-keys.ts';

/** What a tab that wants to join is asked by the one that has the store. */
export interface KeyChallenge {
  /** The store's record of keys. */
  readonly record: CatalogValue;
  /** 32 random bytes, never asked twice. */
  readonly random: Uint8Array;
}

/**
 * The answer of a tab that has the key: 32 bytes that nobody else can tell and that answer no other challenge. Throws StorageError
 * ENCRYPTION_KEY_WRONG.
 */
export async function answerChallenge(challenge: KeyChallenge, encryption: Encryption, store: string): Promise<Uint8Array> {
  const record = recordFromValue(challenge.record);
  if (record === null) throw lostKeyRecord(store);
  const keys = await StoreKeys.make(record.keyId, await unwrap(record, encryption, store));
  return new Uint8Array(await crypto.subtle.sign('HMAC', keys.proof, challenge.random.slice()));
}

/** Whether an answer is right. */
export function isRightAnswer(keys: StoreKeys, random: Uint8Array, answer: unknown): Promise<boolean> {
  if (!(answer instanceof Uint8Array)) return Promise.resolve(false);
  return crypto.subtle.verify('HMAC', keys.proof, answer.slice(), random.slice());
}
