export * from './durability.ts';
export * from './write-engine-config.ts';
