export * from './errors.ts';
export * from './language/index.ts';
export * from './schema/index.ts';
export * from './types/index.ts';
export * from './typescript/index.ts';
export * from './values/index.ts';
