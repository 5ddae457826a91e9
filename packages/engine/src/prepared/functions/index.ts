export * from './aggregate-functions.ts';
export * from './argument.ts';
export { castName } from './casts.ts';
export * from './find-function.ts';
export * from './function-term.ts';
export { decodeNumber, numberType, operatorNames } from './math/number-types.ts';
export * from './native-function.ts';
export { NEGATION } from './operation-functions.ts';
export * from './term-argument.ts';
