export * from './export-record.ts';
export { schemaOfHash } from './state-hash.ts';
export * from './store-catalog.ts';
export * from './store-description.ts';
