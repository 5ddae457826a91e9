export * from './compressed-sink.ts';
export * from './compressed-source.ts';
export * from './compression-info.ts';
export * from './compressor.ts';
export * from './lz4-block.ts';
export * from './lz4-decode.ts';
