export * from './column-value.ts';
export * from './live-rows.ts';
