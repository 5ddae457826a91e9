export * from './bound-term.ts';
export * from './collection-bytes.ts';
export * from './compound-terms.ts';
export * from './prepare-term.ts';
