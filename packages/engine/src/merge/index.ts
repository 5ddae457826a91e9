export * from './k-way-merger.ts';
export * from './merge-updates.ts';
export * from './path-order.ts';
export * from './row-merger.ts';
