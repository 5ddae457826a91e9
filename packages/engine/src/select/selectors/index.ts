export { ColumnSelection } from './column-selection.ts';
export * from './selector.ts';
export { SelectorPlanner } from './selector-planner.ts';
