export * from './database.ts';
export type * from './database-options.ts';
export * from './open-database.ts';
