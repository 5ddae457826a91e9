export * from './json-dump.ts';
