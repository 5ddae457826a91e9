export { type BoundMetadata, type KeyMetadata, type SSTableMetadata, sstableMetadata } from './sstable-metadata.ts';
