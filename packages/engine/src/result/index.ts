export * from './column-spec.ts';
export * from './result-builder.ts';
export * from './result-set.ts';
export * from './row.ts';
export * from './row-stream.ts';
