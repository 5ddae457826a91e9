export * from './errors.ts';
export * from './schema/column-metadata.ts';
export * from './schema/table-metadata.ts';
export * from './schema/table-params.ts';
export * from './types/cql-type.ts';
export * from './values/uuid.ts';
