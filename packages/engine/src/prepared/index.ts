export * from './binding.ts';
export * from './literal-slot.ts';
export * from './prepare-statement.ts';
export * from './prepared-statement.ts';
export * from './shapes/index.ts';
export * from './statement-cache.ts';
export * from './time-uuid-generator.ts';
