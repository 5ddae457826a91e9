export * from './mutation.ts';
export * from './mutation-builder.ts';
export * from './mutation-draft.ts';
export * from './mutation-format.ts';
export * from './mutation-names.ts';
export * from './mutation-reader.ts';
export { retimed } from './retimed.ts';
export * from './row-codec.ts';
export * from './validate-mutation.ts';
