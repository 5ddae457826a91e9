export { copyStore } from './copy-store.ts';
export { EncryptedStorage } from './encrypted-storage.ts';
export { isEncryptedFile } from './file-format.ts';
export { checkEncryption, type Encryption } from './owner-key.ts';
export { answerChallenge, type KeyChallenge } from './proof.ts';
export { rewrapKey } from './stored-keys.ts';
