export type * from './ast/index.ts';
export { literalText } from './ast/literal-text.ts';
export { CHAIN_MAX, NESTING_MAX } from './cursor.ts';
export { parseStatement, parseStatements, parseTerm, parseType, type ScriptStatement } from './parse.ts';
export { printFunctionName, printName, quoteIdentifier, quoteString } from './print/names.ts';
export { printSelectable } from './print/select.ts';
export { printStatement } from './print/statement.ts';
export { printTerm, printType } from './print/terms.ts';
export { NATIVE_TYPES, type NativeTypeName } from './tokens.ts';
