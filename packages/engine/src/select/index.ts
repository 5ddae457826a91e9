export * from './prepare-select.ts';
export * from './rows/index.ts';
export * from './select-executor.ts';
export * from './select-many.ts';
export * from './select-plan.ts';
