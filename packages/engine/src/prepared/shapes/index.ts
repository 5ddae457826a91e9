export * from './shape-cache.ts';
export type { StatementShape } from './statement-shape.ts';
