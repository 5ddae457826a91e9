export { destroyNodeStore, listNodeStores, renameNodeStore } from './manage-stores.ts';
export { NodeStorage } from './node-storage.ts';
