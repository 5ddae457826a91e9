export * from './covered-clustering.ts';
export * from './estimated-histogram.ts';
export * from './hyper-log-log-plus.ts';
export * from './metadata-collector.ts';
export * from './statistics.ts';
export * from './stats-metadata.ts';
export * from './tombstone-histogram.ts';
export * from './tombstone-histogram-builder.ts';
