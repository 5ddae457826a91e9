import { missingKey, StorageError } from '@cassette/storage/browser';
import type { Encryption, KeyChallenge } from '@cassette/storage/encrypted';
import { encryptionPart } from '../wire/encryption-part.ts';

/** Checks the option and makes it this tab's own. Throws CassetteError INVALID_OPTION. */
export async function checkedEncryption(encryption: unknown): Promise<Encryption> {
  const encrypted: typeof import('@cassette/storage/encrypted') = await encryptionPart.load();
  encrypted.checkEncryption(encryption);
  if ('key' in encryption && encryption.key instanceof Uint8Array) return { key: encryption.key.slice() };
  return { ...encryption };
}

/**
 * The answer to what the tab asks that has the store; null where it asks nothing. Throws StorageError ENCRYPTION_KEY_MISSING,
 * ENCRYPTION_KEY_WRONG and ENCRYPTION_STORE_PLAIN.
 */
export async function proveKey(
  challenge: KeyChallenge | null,
  encryption: Encryption | undefined,
  store: string,
): Promise<Uint8Array | null> {
  if (challenge === null) {
    if (encryption === undefined) return null;
    throw new StorageError('ENCRYPTION_STORE_PLAIN', `The store ${store} is not encrypted: open it without { encryption }`, {
      store,
    });
  }
  if (encryption === undefined) throw missingKey();
  const { answerChallenge } = await encryptionPart.load();
  return answerChallenge(challenge, encryption, store);
}
