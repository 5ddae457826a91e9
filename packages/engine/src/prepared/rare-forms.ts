// What is behind `rareForms`: to be imported from there alone, so that it is loaded with the first statement that needs it.

export { SetCells } from '../cql-to-mutation/cell-operations.ts';
export { Conditions, prepareConditions } from '../cql-to-mutation/conditions.ts';
export { jsonTerms } from '../cql-to-mutation/json-values.ts';
export { preparePartDeletion, preparePartUpdate } from '../cql-to-mutation/prepare-part-operation.ts';
export { ConditionalWrite } from '../database/conditional-write.ts';
export { SelectablePlanner } from '../select/selectors/prepare-selector.ts';
export { FunctionSelection } from '../select/selectors/simple-selectors.ts';
export { prepareFunction } from './functions/index.ts';
export { bindFilter } from './restrictions/row-filter.ts';
export { isExpressionAssignable, prepareExpression } from './terms/prepare-expression.ts';
