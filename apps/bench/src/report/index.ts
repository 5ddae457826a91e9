export { workloads } from '../measure/workload.ts';
export { printBrowserRun, type Summary, summarize } from './browser-report.ts';
export type { BrowserRun } from './browser-run.ts';
export { type HotSpot, hotSpots, printHotSpots } from './hot-spots.ts';
export { printNodeRun } from './node-report.ts';
export { printSSTableRun } from './sstable-report.ts';
export { printStallRun } from './stall-report.ts';
