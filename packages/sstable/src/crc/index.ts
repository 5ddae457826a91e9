export * from './checksummed-sink.ts';
export * from './checksummed-source.ts';
export * from './checksums.ts';
