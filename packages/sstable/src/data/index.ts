export * from './byte-window.ts';
export * from './column-subset.ts';
export * from './data-layout.ts';
export * from './deletion-time-codec.ts';
export * from './flags.ts';
export * from './unfiltered-decoder.ts';
export * from './unfiltered-encoder.ts';
export * from './unfiltered-reader.ts';
