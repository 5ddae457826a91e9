export * from './clock/index.ts';
export * from './config/index.ts';
export * from './mutation/index.ts';
export * from './scheduler/index.ts';
export * from './write-engine/index.ts';
