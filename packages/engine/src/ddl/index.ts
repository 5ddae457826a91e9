export { alterations } from './alterations-part.ts';
export * from './schema-change.ts';
