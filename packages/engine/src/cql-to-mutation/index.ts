export * from './attributes.ts';
export * from './check-counters.ts';
export type * from './conditions.ts';
export * from './modification-plan.ts';
export * from './mutation-collector.ts';
export * from './operation.ts';
export * from './prepare-modification.ts';
export * from './row-writer.ts';
