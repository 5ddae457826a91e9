export * from './import-error.ts';
export type * from './import-options.ts';
export { type ImportStore, importInto } from './import-run.ts';
