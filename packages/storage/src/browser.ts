// What a page or a worker gets: nothing here or below it imports a Node module. `index.ts` adds NodeStorage.
export { isEncryptedCatalog, KEY_FILE, missingKey } from './encrypted/missing-key.ts';
export { isUnfinishedCopy, unfinishedCopy } from './encrypted/unfinished-copy.ts';
export * from './errors.ts';
export { MemoryStorage } from './memory/index.ts';
export * from './opfs/index.ts';
export { ForwardingStorage } from './shared/forwarding-storage.ts';
export type * from './storage.ts';
