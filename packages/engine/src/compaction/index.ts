export * from './compaction-stats.ts';
