export * from './wal-format.ts';
export * from './wal-replay.ts';
export * from './write-ahead-log.ts';
