// What is behind `merging`.

export { CompactionRun } from './compaction-run.ts';
export { MergeJob } from './merge-job.ts';
export { SettledOverlaps } from './settled-overlaps.ts';
