export * from './store-catalog.ts';
