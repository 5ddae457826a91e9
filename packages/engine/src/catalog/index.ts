export * from './export-record.ts';
export * from './store-catalog.ts';
export * from './store-description.ts';
