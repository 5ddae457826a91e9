export { jsonOfError } from './dump-output.ts';
export { type JsonDumpOptions, jsonDump, jsonDumpBytes } from './json-dump.ts';
export { type JsonKeysOptions, jsonKeys } from './json-keys.ts';
