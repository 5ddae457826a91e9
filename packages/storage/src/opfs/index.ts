export { detectOpfs, type OpfsDetection, type OpfsRefusal } from './detect-opfs.ts';
export { destroyOpfs, listOpfsStores, listUnfinishedCopies } from './manage-stores.ts';
export { type OpfsOptions, OpfsStorage } from './opfs-storage.ts';
export { OpfsWorkbench } from './opfs-workbench.ts';
export { type PersistenceAnswer, requestPersistence } from './persistence.ts';
export { renameOpfs } from './rename-store.ts';
export { encodeStoreName, helperLockName } from './store-names.ts';
