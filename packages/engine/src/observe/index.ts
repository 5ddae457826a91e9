export { describeActivity, formatTrace } from './describe-trace.ts';
export type {
  AmplificationStats,
  FlushProgress,
  FlushStats,
  MemtableStats,
  ReadStats,
  SSTableFigures,
  WalStats,
} from './figures.ts';
export { joinTraces } from './join-traces.ts';
export * from './latency.ts';
export type * from './trace.ts';
export type { Tracer } from './tracer.ts';
