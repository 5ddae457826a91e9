export * from './clustering/index.ts';
export type * from './io/byte-sink.ts';
export type * from './io/byte-source.ts';
export type * from './io/read-command.ts';
export * from './rows/index.ts';
