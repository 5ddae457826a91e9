export * from './index-info.ts';
export * from './index-scanner.ts';
export * from './row-index.ts';
export * from './row-index-builder.ts';
