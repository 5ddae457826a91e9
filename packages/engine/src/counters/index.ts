export * from './counter-context.ts';
export * from './counter-writes.ts';
export * from './resolve-increments.ts';
