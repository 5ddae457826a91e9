export { checkedConfig } from './check-config.ts';
export { Durability, durabilityForms, isDurability } from './durability.ts';
export { checkKnown } from './known-options.ts';
export * from './write-engine-config.ts';
