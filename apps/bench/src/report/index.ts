export { workloads } from '../measure/workload.ts';
export { type BrowserRun, printBrowserRun, type Summary, summarize } from './browser-report.ts';
export { type HotSpot, hotSpots, printHotSpots } from './hot-spots.ts';
export { printNodeRun } from './node-report.ts';
export { printSSTableRun } from './sstable-report.ts';
export { printStallRun } from './stall-report.ts';
