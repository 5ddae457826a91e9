export { jsonOfError } from './dump-output.ts';
export * from './json-dump.ts';
export { type JsonKeysOptions, jsonKeys } from './json-keys.ts';
