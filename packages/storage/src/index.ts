export * from './browser.ts';
export { NodeStorage } from './node/index.ts';
