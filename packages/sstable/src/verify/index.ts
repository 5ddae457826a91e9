export type { FindingListener } from './findings.ts';
export type { PartitionBegin, PartitionIndexCheck } from './partition-index-check.ts';
export { type SSTableVerdict, type VerifyOptions, verifySSTable, verifySSTableInSteps } from './verify-sstable.ts';
