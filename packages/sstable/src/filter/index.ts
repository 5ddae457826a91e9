export * from './bloom-calculations.ts';
export * from './bloom-filter.ts';
