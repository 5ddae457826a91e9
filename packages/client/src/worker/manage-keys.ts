import { OpfsStorage, type Storage } from '@cassette/storage/browser';
import { encryptionPart } from '../wire/encryption-part.ts';
import type { CopyRequest, RewrapRequest } from '../wire/protocol.ts';

// What is done to stores that nobody has open, in a worker that holds none.

/** Wraps a store's key for another owner. */
export async function rewrap({ name, old, next }: RewrapRequest): Promise<void> {
  const { rewrapKey } = await encryptionPart.load();
  const storage = new OpfsStorage(name);
  await storage.acquire();
  try {
    await rewrapKey(storage, old, next);
  } finally {
    await storage.close();
  }
}

/** Copies a store, each with its own encryption or none. */
export async function copy({ from, to, encryption, toEncryption }: CopyRequest): Promise<void> {
  const { copyStore, EncryptedStorage } = await encryptionPart.load();
  const storageOf = (name: string, key: CopyRequest['encryption']): Storage => {
    const storage = new OpfsStorage(name);
    return key === undefined ? storage : new EncryptedStorage(storage, key);
  };
  await copyStore(storageOf(from, encryption), storageOf(to, toEncryption));
}
