export { Database, type DatabaseParts, type DatabaseStats, type EncodedMutation } from './database.ts';
export type * from './database-options.ts';
export { type LongParts, microseconds, pageStateBytes } from './driver-options.ts';
export * from './open-database.ts';
export type { StatementNature } from './statement-nature.ts';
