export * from './encoding-stats.ts';
export * from './encoding-stats-collector.ts';
export * from './serialization-header.ts';
