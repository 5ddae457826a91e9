export * from './aborted.ts';
export * from './background-turns.ts';
export * from './scheduler.ts';
export * from './slices.ts';
export * from './until-aborted.ts';
