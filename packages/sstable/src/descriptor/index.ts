export * from './component.ts';
export * from './descriptor.ts';
