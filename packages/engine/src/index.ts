// Names of the write engine that its files' formats own.
export { ClusteringBound, SSTableWriter } from '@cassette/sstable';
export * from './clock/index.ts';
export * from './compaction/index.ts';
export * from './config/index.ts';
export * from './database/index.ts';
export * from './deletion/index.ts';
export * from './export/index.ts';
export * from './memtable/index.ts';
export * from './merge/index.ts';
export * from './merge-policy/index.ts';
export * from './mutation/index.ts';
export { EncodedValue, unset } from './prepared/binding.ts';
export * from './result/index.ts';
export * from './scheduler/index.ts';
export * from './sstables/index.ts';
export * from './typescript/index.ts';
export * from './wal/index.ts';
export * from './write-engine/index.ts';
