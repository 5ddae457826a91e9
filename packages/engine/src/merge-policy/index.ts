export * from './compaction-plan.ts';
export * from './lcs-policy.ts';
export * from './merge-policy.ts';
export * from './policy-of.ts';
export * from './stcs-policy.ts';
export * from './twcs-policy.ts';
export * from './ucs-policy.ts';
