export * from './bound-term.ts';
export * from './collection-bytes.ts';
export * from './prepare-term.ts';
