export { Durability, durabilityForms, isDurability } from './durability.ts';
export * from './write-engine-config.ts';
