export * from './casts.ts';
export * from './function-term.ts';
export * from './scalar-functions.ts';
