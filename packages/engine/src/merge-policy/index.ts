export * from './compaction-plan.ts';
export * from './merge-policy.ts';
export * from './policy-of.ts';
export * from './stcs-policy.ts';
