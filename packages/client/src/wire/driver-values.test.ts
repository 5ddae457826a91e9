import { openDatabase } from '@cassette/engine';
import { MemoryStorage } from '@cassette/storage/browser';
import { types } from 'cassandra-driver';
import { expect, test } from 'vitest';
import { packToBuffer, unpackBuffer } from './testing/packed.ts';

const { BigDecimal, Duration, InetAddress, Integer, LocalDate, LocalTime, Long, TimeUuid, Tuple, Uuid } = types;

// What the driver's users bind, as the page packs it and the worker's engine takes it: column type, value, CQL literal it is as.
const values: readonly (readonly [string, unknown, string])[] = [
  ['bigint', Long.fromString('-9223372036854775808'), '-9223372036854775808'],
  ['bigint', Long.fromString('9007199254740993'), '9007199254740993'],
  ['timestamp', Long.fromString('1700000000123'), "'2023-11-14T22:13:20.123Z'"],
  ['uuid', Uuid.fromString('00000000-0000-4000-8000-00000000000a'), '00000000-0000-4000-8000-00000000000a'],
  ['timeuuid', TimeUuid.fromString('8e14e760-7fa8-11eb-bc66-000000000001'), '8e14e760-7fa8-11eb-bc66-000000000001'],
  ['date', LocalDate.fromString('2024-02-29'), "'2024-02-29'"],
  ['date', LocalDate.fromString('-0044-03-15'), "'-0044-03-15'"],
  ['time', LocalTime.fromString('10:11:12.000000013'), "'10:11:12.000000013'"],
  ['time', LocalTime.fromString('10:11:12'), "'10:11:12'"],
  ['duration', new Duration(-1, -2, Long.fromNumber(-3)), '-1mo2d3ns'],
  ['duration', new Duration(14, 0, Long.fromNumber(3_600_000_000_000)), '1y2mo1h'],
  ['duration', new Duration(0, 0, Long.ZERO), '0s'],
  ['inet', InetAddress.fromString('192.168.0.1'), "'192.168.0.1'"],
  ['inet', InetAddress.fromString('2001:db8::1'), "'2001:db8::1'"],
  ['decimal', BigDecimal.fromString('-1.50'), '-1.50'],
  ['decimal', BigDecimal.fromString('0.00000000000000000000000000005'), '5E-29'],
  ['decimal', BigDecimal.fromString('-0.0000001'), '-1E-7'],
  ['varint', Integer.fromString('-1000000000000000000000'), '-1000000000000000000000'],
  ['tuple<int, text, bigint>', new Tuple(1, 'x', Long.fromString('9007199254740993')), "(1, 'x', 9007199254740993)"],
  ['tuple<int, text, bigint>', new Tuple(1, null, null), '(1, null, null)'],
  [
    'list<frozen<tuple<int, uuid>>>',
    [new Tuple(1, Uuid.fromString('00000000-0000-4000-8000-00000000000a'))],
    '[(1, 00000000-0000-4000-8000-00000000000a)]',
  ],
  ['map<bigint, decimal>', new Map([[Long.fromNumber(1), BigDecimal.fromString('0.1')]]), '{1: 0.1}'],
  ['map<text, date>', { a: LocalDate.fromString('2024-02-29') }, "{'a': '2024-02-29'}"],
  ['set<inet>', [InetAddress.fromString('::1')], "{'::1'}"],
  ['blob', Buffer.from('00ff', 'hex'), '0x00ff'],
];

test.each(values.map(([type, value, literal]) => ({ type, value, literal })))(
  'a value of the driver bound as $type is what CQL writes as $literal',
  async ({ type, value, literal }) => {
    const database = await openDatabase({
      storage: new MemoryStorage(),
      schema: `CREATE TABLE t (k int PRIMARY KEY, v ${type})`,
    });
    await database.execute('INSERT INTO t (k, v) VALUES (1, ?)', unpackBuffer(packToBuffer([value])) as unknown[]);
    await database.execute(`INSERT INTO t (k, v) VALUES (2, ${literal})`);
    const { rows } = await database.execute('SELECT v FROM t');
    expect(rows[0].get(0)).not.toBe(null);
    expect(rows[0].get(0)).toEqual(rows[1].get(0));
    await database.close();
  },
);

test('what the driver calls unset leaves a column as it is', async () => {
  const database = await openDatabase({
    storage: new MemoryStorage(),
    schema: 'CREATE TABLE t (k int PRIMARY KEY, v int)',
  });
  await database.execute('INSERT INTO t (k, v) VALUES (1, 5)');
  await database.execute('INSERT INTO t (k, v) VALUES (1, ?)', unpackBuffer(packToBuffer([types.unset])) as unknown[]);
  expect((await database.execute('SELECT v FROM t')).first()?.get(0)).toBe(5);
  await database.close();
});
