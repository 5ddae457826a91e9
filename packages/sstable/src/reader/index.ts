export { ChunkCachePool } from './cached-source.ts';
export * from './counting-source.ts';
export type * from './partition-index.ts';
export * from './sstable-cursor.ts';
export * from './sstable-reader.ts';
