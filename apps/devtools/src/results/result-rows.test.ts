import { ByteWriter } from '@cassette/bytes';
import { ResultSet } from '@cassette/client';
import { nativeTypes } from '@cassette/cql';
import { expect, test } from 'vitest';
import { ResultRows } from './result-rows.ts';
import { copyText } from './selection.ts';

const columns = ['n', 'v'].map((name, i) => ({
  keyspace: 'k',
  table: 't',
  name,
  type: i === 0 ? nativeTypes.int : nativeTypes.text,
}));

/** A table of `total` rows whose values have `length` characters; the page state is the number of its first row. */
function source(total: number, length: number) {
  const asked: number[] = [];
  const ask = async (state: Uint8Array | null, size: number) => {
    const first = state === null ? 0 : new DataView(state.buffer).getInt32(0);
    asked.push(first);
    const last = Math.min(first + size, total);
    const out = new ByteWriter(64);
    const ends: number[] = [];
    for (let row = first; row < last; row++) {
      columns[0].type.encode(row, out);
      ends.push(out.length);
      columns[1].type.encode(String(row).padEnd(length, '.'), out);
      ends.push(out.length);
    }
    const next = new Uint8Array(4);
    new DataView(next.buffer).setInt32(0, last);
    return new ResultSet(columns, out.toBytes(), Int32Array.from(ends), last - first, last < total ? next : null);
  };
  return { ask, asked };
}

async function opened(total: number, length: number, size: number) {
  const { ask, asked } = source(total, length);
  return { rows: new ResultRows(await ask(null, size), ask, size, 1), asked };
}

const numberAt = (rows: ResultRows, row: number) => {
  const cell = rows.cell(row, 0);
  return cell == null ? cell : columns[0].type.decode(cell, 0, cell.length);
};

async function settled(rows: ResultRows, check: () => boolean): Promise<void> {
  for (let i = 0; i < 100 && !check(); i++) await Promise.resolve();
  expect(rows.error.value).toBe(null);
}

test('looking at the last row fetches the next page', async () => {
  const { rows, asked } = await opened(25, 1, 10);
  rows.want(0, 8);
  expect([rows.length, rows.hasMore, asked]).toEqual([10, true, [0]]);
  rows.want(3, 9);
  await settled(rows, () => rows.length === 20);
  rows.want(15, 19);
  await settled(rows, () => rows.length === 25);
  expect([rows.hasMore, rows.pageCount, numberAt(rows, 24)]).toEqual([false, 3, 24]);
});

test('of a long result only some pages are in memory, and the others are fetched again when they are looked at', async () => {
  const { rows, asked } = await opened(40_000, 2000, 1000);
  await rows.all(new AbortController().signal);
  expect([rows.length, rows.hasMore]).toEqual([40_000, false]);
  expect(rows.rowsInMemory).toBeLessThanOrEqual(31_000);
  expect(numberAt(rows, 500)).toBe(undefined);
  const before = asked.length;
  rows.want(480, 520);
  await settled(rows, () => numberAt(rows, 500) === 500);
  expect(asked.slice(before)).toEqual([0]);
  let seen = 0;
  for await (const page of rows.sets(new AbortController().signal)) seen += page.rowLength;
  expect(seen).toBe(40_000);
});

test('a selection is copied as text of one cell, or as lines with tabs', async () => {
  const { rows } = await opened(5, 3, 10);
  expect(copyText(rows, { from: { row: 1, column: 1 }, to: { row: 1, column: 1 } })).toBe('1..');
  expect(copyText(rows, { from: { row: 3, column: 1 }, to: { row: 2, column: 0 } })).toBe('2\t2..\n3\t3..');
});

test('what goes wrong is told, and does not go on by itself', async () => {
  const { ask } = source(25, 1);
  const rows = new ResultRows(await ask(null, 10), () => Promise.reject(new Error('gone')), 10, 1);
  rows.want(0, 9);
  for (let i = 0; i < 20; i++) await Promise.resolve();
  expect([(rows.error.value as Error).message, rows.fetching.value, rows.length]).toEqual(['gone', false, 10]);
});
