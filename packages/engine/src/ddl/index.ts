export * from './schema-change.ts';
