export * from './wal-errors.ts';
export * from './wal-format.ts';
export type { WalHost, WalOptions } from './wal-options.ts';
export * from './wal-replay.ts';
export * from './write-ahead-log.ts';
