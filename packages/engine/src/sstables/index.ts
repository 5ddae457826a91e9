export * from './flush-compression.ts';
export { isDamage } from './is-damage.ts';
export * from './live-sstable.ts';
export * from './sstable-files.ts';
export * from './sstable-output.ts';
export { finishLevels } from './statistics-change.ts';
export * from './write-shards.ts';
export * from './write-sstable.ts';
