// What the BTI format needs besides: behind `btiFormat`.

export { BtiPartitionIndex } from './reader/bti-partition-index.ts';
export { BtiIndexOutput } from './writer/bti-index-output.ts';
