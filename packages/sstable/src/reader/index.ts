export { BtiPartitionIndex } from './bti-partition-index.ts';
export { ChunkCachePool } from './cached-source.ts';
export * from './counting-source.ts';
export { type HashedKey, hashKey, PartitionHeader } from './partition-header.ts';
export type * from './partition-index.ts';
export * from './read-figures.ts';
export * from './sstable-cursor.ts';
export * from './sstable-reader.ts';
