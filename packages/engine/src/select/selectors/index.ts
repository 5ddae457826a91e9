export * from './prepare-selector.ts';
export { jsonType } from './selectable-types.ts';
export * from './selector.ts';
export { ColumnSelection, FunctionSelection } from './simple-selectors.ts';
