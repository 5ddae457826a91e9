export * from './summary.ts';
export * from './summary-builder.ts';
export * from './summary-codec.ts';
