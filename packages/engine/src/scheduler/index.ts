export * from './scheduler.ts';
export * from './slices.ts';
export * from './until-aborted.ts';
