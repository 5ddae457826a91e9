export * from './toc.ts';
