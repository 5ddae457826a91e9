export { partitionKeyOfText, partitionKeyText } from './key-text.ts';
export {
  type BoundMetadata,
  type KeyMetadata,
  type SSTableMetadata,
  type SSTableMetadataOptions,
  sstableMetadata,
} from './sstable-metadata.ts';
