export { Database } from './database.ts';
export type * from './database-options.ts';
export type { DatabaseParts, DatabaseStats, EncodedMutation } from './database-parts.ts';
export { type LongParts, microseconds, pageStateBytes } from './driver-options.ts';
export * from './open-database.ts';
export type { StatementNature } from './statement-nature.ts';
export type { WriteGroup, WriteGroupOptions } from './write-group.ts';
