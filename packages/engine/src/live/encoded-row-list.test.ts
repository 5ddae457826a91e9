import { nativeTypes } from '@cassette/cql';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ColumnSpec, ResultBuilder, type Row } from '../result/index.ts';
import { EncodedRowList } from './encoded-row-list.ts';
import { applyUpdate } from './row-patch.ts';
import { type RowUpdate, rowUpdateFromTransfer, rowUpdateToTransfer } from './row-update.ts';

const columns: readonly ColumnSpec[] = [{ keyspace: 'ks', table: 't', name: 'v', type: nativeTypes.int }];

function anew(values: readonly number[], spec = columns): RowUpdate {
  const builder = new ResultBuilder(spec);
  for (const value of values) {
    builder.out.i32(value);
    builder.endCell();
  }
  const inserted = Int32Array.from(values, (_, i) => i);
  return { isReset: true, deleted: new Int32Array(0), inserted, updated: new Int32Array(0), rows: builder.finish() };
}

test('rows that come anew are the difference to those that were there, duplicates and all', () => {
  const some = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 8 });
  fc.assert(
    fc.property(fc.array(some, { minLength: 1 }), (answers) => {
      const list = new EncodedRowList();
      let rows: readonly Row[] = [];
      let before: readonly number[] | null = null;
      for (const answer of answers) {
        const update = list.take(anew(answer));
        if (update !== null) {
          expect(update.isReset).toBe(before === null);
          rows = applyUpdate(rows, rowUpdateFromTransfer(rowUpdateToTransfer(update))).rows;
        }
        expect(update === null).toBe(before !== null && String(before) === String(answer));
        expect(rows.map((row) => row.v)).toEqual(answer);
        before = answer;
      }
    }),
  );
});

test('rows of other columns are a new beginning', () => {
  const list = new EncodedRowList();
  list.take(anew([1]));
  expect(list.take(anew([1], [{ ...columns[0], name: 'w' }]))?.isReset).toBe(true);
});
