import { Durability } from '@cassette/engine';
import { expect, test } from 'vitest';
import { checkedOpenOptions } from './check-open-options.ts';
import type { OpenOptions } from './open.ts';

test('open() takes all options that it has', () => {
  const all: Required<OpenOptions> = {
    name: 'survey',
    schema: 'CREATE TABLE t (k int PRIMARY KEY)',
    keyspace: 'k',
    durability: Durability.SyncEachWrite,
    config: { memtableFlushThreshold: 5 },
    allowInMemory: true,
    askPersistence: false,
    workerUrl: '/worker.js',
    ownerless: 'wait',
    encryption: { passphrase: 'x' },
  };
  expect(checkedOpenOptions(all)).toEqual(all);
  expect(checkedOpenOptions({ name: 'survey', encryption: undefined })).toEqual({ name: 'survey' });
});

test.each([
  ['encrypton', { passphrase: 'x' }],
  ['durabilty', Durability.SyncEachWrite],
  ['storage', {}],
])('open() refuses the option %s, which it has not, by name', (option, value) => {
  const told = {
    code: 'INVALID_OPTION',
    data: { option },
    message: expect.stringContaining(`open() has no option ${option}; it has name, `),
  };
  expect(() => checkedOpenOptions({ name: 'survey', [option]: value })).toThrow(expect.objectContaining(told));
});

test('open() refuses a config that is an array', () => {
  const told = { code: 'INVALID_OPTION', data: { option: 'config' } };
  expect(() => checkedOpenOptions({ name: 'survey', config: [] })).toThrow(expect.objectContaining(told));
});
