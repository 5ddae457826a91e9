export * from './browser.ts';
export { destroyNodeStore, listNodeStores, NodeStorage, renameNodeStore } from './node/index.ts';
