import { missingKey, type Storage, StorageError } from '@cassette/storage/browser';
import type { EncryptedStorage, KeyChallenge } from '@cassette/storage/encrypted';

/** What of an encrypted storage asks for a proof of its key. */
type Asking = Pick<EncryptedStorage, 'challenge' | 'isRightAnswer'>;

/** What a tab is asked before it may join; null for a store that is not encrypted. */
export function challengeOf(storage: Storage): KeyChallenge | null {
  return isAsking(storage) ? storage.challenge() : null;
}

/** Throws StorageError ENCRYPTION_KEY_MISSING and ENCRYPTION_KEY_WRONG where a tab that joins has not proved that it knows the key. */
export async function requireProof(storage: Storage, challenge: KeyChallenge | null, proof: unknown): Promise<void> {
  if (!isAsking(storage)) return;
  if (challenge === null || proof === undefined) throw missingKey();
  if (await storage.isRightAnswer(challenge, proof)) return;
  throw new StorageError('ENCRYPTION_KEY_WRONG', `The store ${storage.description} can't be joined: the key is wrong`, {
    store: storage.description,
  });
}

/** By what it has: the class itself is loaded with the first store that is encrypted. */
function isAsking(storage: Storage): storage is Storage & Asking {
  return 'isRightAnswer' in storage;
}
