export * from './prepare-selector.ts';
export { jsonType } from './selectable-types.ts';
export * from './selector.ts';
export { ColumnSelection } from './simple-selectors.ts';
