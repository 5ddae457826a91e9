export * from './salvage.ts';
export type * from './salvage-report.ts';
