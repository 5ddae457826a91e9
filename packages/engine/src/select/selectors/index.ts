export * from './prepare-selector.ts';
export * from './selector.ts';
