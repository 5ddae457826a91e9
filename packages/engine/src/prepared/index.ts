export * from './binding.ts';
export * from './prepare-statement.ts';
export * from './prepared-statement.ts';
export * from './statement-cache.ts';
export * from './time-uuid-generator.ts';
