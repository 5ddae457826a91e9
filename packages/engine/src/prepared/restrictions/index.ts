export * from './partition-key.ts';
export * from './prepare-relation.ts';
export * from './restriction.ts';
export type * from './row-filter.ts';
export * from './statement-restrictions.ts';
export * from './value-source.ts';
