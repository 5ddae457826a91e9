export * from './engine-events.ts';
export * from './engine-stats.ts';
export * from './errors.ts';
export * from './recovery-report.ts';
export type { WriteEngineOptions } from './start-engine.ts';
export * from './write-engine.ts';
