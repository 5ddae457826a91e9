export * from './clustering-bound.ts';
export * from './clustering-comparator.ts';
export * from './clustering-values.ts';
