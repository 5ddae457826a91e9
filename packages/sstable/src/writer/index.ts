export * from './cursor-writer.ts';
export * from './sstable-writer.ts';
