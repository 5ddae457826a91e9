export * from './assignment.ts';
export * from './casts.ts';
export * from './find-function.ts';
export * from './function-term.ts';
export * from './scalar-functions.ts';
export * from './typed-functions.ts';
