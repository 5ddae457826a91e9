export * from './counting-source.ts';
export * from './sstable-cursor.ts';
export * from './sstable-reader.ts';
