export { NodeStorage } from './node-storage.ts';
