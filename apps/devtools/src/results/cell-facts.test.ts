import { ByteWriter } from '@cassette/bytes';
import { type EncodedValue, type RemoteDatabase, ResultSet, type TableInfo } from '@cassette/client';
import { nativeTypes } from '@cassette/cql';
import { expect, test } from 'vitest';
import { cellFacts } from './cell-facts.ts';
import { ResultRows } from './result-rows.ts';

const table: TableInfo = {
  keyspace: 'k',
  name: 't',
  columns: [
    { name: 'Key', type: 'int', kind: 'partition_key', descending: false },
    { name: 'v', type: 'int', kind: 'regular', descending: false },
  ],
};

function rowsOf(names: readonly string[]): ResultRows {
  const columns = names.map((name) => ({ keyspace: 'k', table: 't', name, type: nativeTypes.int }));
  const out = new ByteWriter(16);
  const ends = names.map((_, i) => {
    nativeTypes.int.encode(i + 7, out);
    return out.length;
  });
  const result = new ResultSet(columns, out.toBytes(), Int32Array.from(ends), 1);
  return new ResultRows(result, () => Promise.reject(new Error('no more')), 1, 1);
}

/** A store that answers a write time and a TTL, and keeps what it was asked. */
function store() {
  const asked: unknown[] = [];
  const database = {
    async execute(query: string, values: readonly EncodedValue[]) {
      asked.push(query, values[0].bytes);
      const out = new ByteWriter(16);
      nativeTypes.bigint.encode(1_700_000_000_000_000n, out);
      nativeTypes.int.encode(90, out);
      const columns = ['w', 't'].map((name, i) => ({
        keyspace: 'k',
        table: 't',
        name,
        type: i === 0 ? nativeTypes.bigint : nativeTypes.int,
      }));
      return new ResultSet(columns, out.toBytes(), Int32Array.of(8, 12), 1);
    },
  };
  return { database: database as unknown as RemoteDatabase, asked };
}

test('a cell tells when it was written and when it goes', async () => {
  const { database, asked } = store();
  expect(await cellFacts(rowsOf(['v', 'Key']), { row: 0, column: 0 }, database, table)).toEqual({
    written: '2023-11-14 22:13:20.000 UTC (1700000000000000 µs)',
    expires: '90 s left',
    why: null,
  });
  expect(asked).toEqual(['SELECT WRITETIME(v) AS w, TTL(v) AS t FROM k.t WHERE "Key" = ? LIMIT 1', Uint8Array.of(0, 0, 0, 8)]);
});

test('a result that does not tell which row it is of tells nothing, and a key has no write time', async () => {
  const { database, asked } = store();
  expect(await cellFacts(rowsOf(['v']), { row: 0, column: 0 }, database, table)).toBe(null);
  expect(await cellFacts(rowsOf(['other', 'Key']), { row: 0, column: 0 }, database, table)).toBe(null);
  expect((await cellFacts(rowsOf(['Key', 'v']), { row: 0, column: 0 }, database, table))?.why).toContain('primary key');
  expect(asked).toEqual([]);
});
