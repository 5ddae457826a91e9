export * from './errors.ts';
export * from './language/index.ts';
export * from './schema/column-metadata.ts';
export * from './schema/table-metadata.ts';
export * from './schema/table-params.ts';
export * from './types/index.ts';
export * from './values/index.ts';
