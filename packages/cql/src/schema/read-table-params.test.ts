import { expect, test } from 'vitest';
import { ConfigurationError } from '../errors.ts';
import { parseStatement } from '../language/index.ts';
import { readTableParams } from './read-table-params.ts';
import { defaultTableParams } from './table-params.ts';

/** The memtable that a table of these options has. */
function memtableOf(options: string): string {
  const source = `CREATE TABLE t (k int PRIMARY KEY) WITH ${options}`;
  const statement = parseStatement(source);
  if (statement.kind !== 'createTable') throw new Error(`${statement.kind} is no table`);
  return readTableParams(statement.properties, source).params.memtable;
}

test('memtables are those of cassandra.yaml', () => {
  expect(memtableOf("comment = ''")).toBe('default');
  expect(memtableOf("memtable = 'trie'")).toBe('trie');
  expect(() => memtableOf("memtable = 'nope'")).toThrow(ConfigurationError);
  expect(() => memtableOf("memtable = 'nope'")).toThrow('line 1:41 Memtable configuration "nope" not found');
});

test('no options are those that a table has which is made without reading any', () => {
  expect(readTableParams([], '')).toEqual({ params: defaultTableParams, id: null });
});
