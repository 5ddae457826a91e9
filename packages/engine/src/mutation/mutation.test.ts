import { ByteWriter, CorruptionError, toHex } from '@cassette/bytes';
import { InvalidRequestError } from '@cassette/cql';
import { DeletionTime, Row } from '@cassette/sstable';
import { describe, expect, test } from 'vitest';
import { everythingTable, intBytes, intClustering } from '../testing/tables.ts';
import { draftMutation, Mutation, MutationBuilder, MutationReader, MutationValidator } from './index.ts';

const table = everythingTable();
const time = { timestamp: 1000n, nowInSeconds: 50 };
const text = (value: string) => new TextEncoder().encode(value);

function validate(bytes: Uint8Array): void {
  const reader = new MutationReader();
  reader.begin(bytes, 0, bytes.length);
  new MutationValidator().validate(reader, table);
}

describe('a mutation', () => {
  test('tells what was put into it', () => {
    const mutation = draftMutation(table, [7], { ...time, ttl: 60 })
      .updateStatic([{ column: 'sv', value: 9 }])
      .update([2], [{ column: 'v', value: null }])
      .insert(
        [1],
        [
          { column: 'm', value: new Map([[5, 'five']]) },
          { column: 't', value: 'hi' },
        ],
      )
      .deleteRow([3])
      .deleteRange({ key: [4], inclusive: true }, null)
      .deletePartition()
      .build();
    validate(mutation.bytes);
    expect(mutation.tableId.equals(table.id)).toBe(true);
    expect(mutation.describe(table)).toEqual({
      table: 'ks.t1',
      token: mutation.token,
      key: intBytes(7),
      partitionTombstone: { timestamp: 1000n, localDeletionTime: 50 },
      rangeTombstones: 1,
      rows: [
        {
          clustering: null,
          liveness: null,
          deletion: null,
          cells: [{ column: 'sv', kind: 'expiring', timestamp: 1000n, path: null, value: intBytes(9), ttl: 60 }],
        },
        {
          clustering: [1],
          liveness: 1000n,
          deletion: null,
          cells: [
            { column: 't', kind: 'expiring', timestamp: 1000n, path: null, value: text('hi'), ttl: 60 },
            { column: 'm', kind: 'column deletion', timestamp: 999n, path: null, value: null, ttl: 0 },
            { column: 'm', kind: 'expiring', timestamp: 1000n, path: intBytes(5), value: text('five'), ttl: 60 },
          ],
        },
        {
          clustering: [2],
          liveness: null,
          deletion: null,
          cells: [{ column: 'v', kind: 'tombstone', timestamp: 1000n, path: null, value: null, ttl: 0 }],
        },
        { clustering: [3], liveness: null, deletion: { timestamp: 1000n, localDeletionTime: 50 }, cells: [] },
      ],
    });
  });

  test('has these very bytes', () => {
    const { bytes } = draftMutation(table, [7], time)
      .insert([1], [{ column: 'v', value: 258 }])
      .build();
    expect(toHex(bytes)).toBe(
      [
        '00000038', // length
        '01 10', // version, rows
        'abababababababababababababababab01'.slice(2), // table
        toHex(bytes.subarray(22, 30)), // token
        '04 00000007', // key
        '01', // one row
        '05 00 00000001', // clustering
        '11 09 00000000000003e8 01', // body: liveness and cells; timestamp; one cell
        '48 04 04 00000102', // of the base timestamp, with a value; column 4; value
      ]
        .join('')
        .replaceAll(' ', ''),
    );
  });

  test('has one row where rows of the same clustering were added, merged as Cassandra merges updates', () => {
    const { rows } = draftMutation(table, [7], time)
      .update([2], [{ column: 'v', value: 1 }])
      .update([1], [{ column: 'v', value: 5 }])
      .update([2], [{ column: 'v', value: 3 }])
      .update([2], [{ column: 'v', value: 2 }])
      .build()
      .describe(table);
    expect(rows.map(({ clustering, cells }) => [clustering, cells[0].value])).toEqual([
      [[1], intBytes(5)],
      [[2], intBytes(3)],
    ]);
  });

  test('still names the columns of cells that a row deletion of the same update covers', () => {
    const { bytes } = draftMutation(table, [7], { ...time, timestamp: 2000n })
      .deleteRow([1])
      .build();
    const reader = new MutationReader();
    const writer = new MutationBuilder();
    const read = (from: Uint8Array, into: Row) => {
      reader.begin(from, 0, from.length);
      reader.nextRow();
      reader.decodeRow(into, table);
      return into;
    };
    const covered = draftMutation(table, [7], time)
      .update([1], [{ column: 'v', value: 1 }])
      .build().bytes;
    writer.begin(table, intBytes(7));
    writer.addRow(read(bytes, new Row()));
    writer.addRow(read(covered, new Row()));
    const out = new ByteWriter();
    writer.finish(out);
    reader.begin(out.toBytes(), 0, out.length);
    expect(reader.columnIds).toEqual([table.column('v')?.id]);
    expect(new Mutation(out.toBytes()).describe(table).rows.map(({ cells }) => cells)).toEqual([[]]);
  });

  test('refuses columns, keys and values that the table does not have', () => {
    const draft = () => draftMutation(table, [7], time);
    expect(() => draft().update([1], [{ column: 'x', value: 1 }])).toThrow(InvalidRequestError);
    expect(() => draft().update([1], [{ column: 'v', value: 'no int' }])).toThrow(InvalidRequestError);
    expect(() => draft().update([1, 2], [])).toThrow('1 clustering values');
    expect(() => draftMutation(table, [null], time)).toThrow('null');
    expect(() => draftMutation(table, [], time)).toThrow('partition key');
  });

  test('is refused where it is cut or has a byte too many', () => {
    const { bytes } = draftMutation(table, [7], time)
      .insert([1], [{ column: 'v', value: 258 }])
      .deleteRange(null, { key: [4], inclusive: true })
      .build();
    for (let length = 0; length < bytes.length; length++) {
      expect(() => validate(bytes.subarray(0, length)), `${length} bytes`).toThrow(CorruptionError);
    }
    expect(() => new Mutation(new Uint8Array([...bytes, 0]))).toThrow(CorruptionError);
  });

  test('with any byte changed is refused or valid, never anything else', () => {
    const { bytes } = draftMutation(table, [7], { ...time, ttl: 5 })
      .insert(
        [1],
        [
          { column: 'v', value: 258 },
          { column: 'm', value: new Map([[1, 'x']]) },
        ],
      )
      .deleteRange({ key: [4], inclusive: true }, null)
      .build();
    for (let at = 0; at < bytes.length; at++) {
      for (const value of [0, 1, 0x7f, 0x80, 0xff]) {
        const changed = bytes.slice();
        changed[at] = value;
        try {
          validate(changed);
        } catch (error) {
          const expected = error instanceof CorruptionError || error instanceof InvalidRequestError;
          expect(expected, `byte ${at} = ${value}: ${error}`).toBe(true);
        }
      }
    }
  });
});

describe('validation', () => {
  const built = (row: Row) => {
    const builder = new MutationBuilder();
    const out = new ByteWriter();
    builder.begin(table, intBytes(1));
    builder.addRow(row);
    builder.finish(out);
    return out.toBytes();
  };
  const rowWith = (fill: (row: Row) => void) => {
    const row = new Row();
    row.setClustering(intClustering(1), 0, 5);
    fill(row);
    return built(row);
  };

  test.each<[string, (row: Row) => void, string]>([
    [
      'a value of the wrong length',
      (row) => row.setValue(row.addCell(1, 0, 0, 1, 0xffffffff, 0), intBytes(1), 0, 3),
      '3 bytes where 4',
    ],
    ['a TTL past 20 years', (row) => row.setLiveness(0, 1, 630720001, 9), '630720001'],
    ['the timestamp that means none', (row) => row.setLiveness(-0x80000000, 0), 'stands for none'],
    ['a deletion at a time that files cannot hold', (row) => row.deletion.setTo(0, 1, 0xfffffffe), '4294967294'],
    [
      'cells out of order',
      (row) => {
        row.addCell(1, 0, 0, 1, 0xffffffff, 0);
        row.addCell(0, 0, 0, 1, 0xffffffff, 0);
      },
      'not in order',
    ],
  ])('refuses %s', (_, fill, message) => {
    expect(() => validate(rowWith(fill))).toThrow(message);
  });

  test('refuses cells of a column that the table lost', () => {
    const bytes = rowWith((row) => row.addCell(0, 0, 0, 1, 0xffffffff, 0));
    const without = { ...table, columnById: (id: number) => (id === 5 ? undefined : table.columnById(id)) };
    const reader = new MutationReader();
    reader.begin(bytes, 0, bytes.length);
    Object.setPrototypeOf(without, Object.getPrototypeOf(table));
    expect(() => new MutationValidator().validate(reader, without as typeof table)).toThrow('does not have');
  });

  test("refuses a token that is not the key's", () => {
    const bytes = rowWith((row) => row.setLiveness(0, 1));
    bytes[25] ^= 1;
    expect(() => validate(bytes)).toThrow('token');
  });

  test('takes a row of nothing but a deletion', () => {
    validate(rowWith((row) => row.deletion.set(DeletionTime.of(-1, -5, 7))));
  });
});
