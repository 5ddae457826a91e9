export { isAlwaysThere } from './declarations.ts';
export * from './module.ts';
export * from './named-statement.ts';
export type { TypeTextOptions } from './type-text.ts';
