import { Component } from '@cassette/sstable';
import type { SSTableRecord } from '../catalog/index.ts';
import type { TableState } from '../write-engine/engine-state.ts';

/** The share that the latest flush has in the average: what is older than a thousand has less than a hundredth. */
const ALPHA = 0.0046;

/** Takes what a flush made of a table into the average of its flushes. Cassandra: TableMetrics.flushSizeOnDisk, ExpMovingAverage. */
export function noteFlush(table: TableState, records: readonly SSTableRecord[]): void {
  const bytes = records.reduce((sum, { components }) => sum + components[Component.DATA], 0);
  const mean = table.meanFlush;
  table.meanFlush = mean === undefined ? bytes : mean + ALPHA * (bytes - mean);
}
