import { openDatabase } from '@cassette/engine';
import { MemoryStorage } from '@cassette/storage/browser';
import { types } from 'cassandra-driver';
import { expect, test } from 'vitest';
import { packToBuffer, unpackBuffer } from './testing/packed.ts';

const { BigDecimal, Duration, InetAddress, Integer, LocalDate, LocalTime, Long, TimeUuid, Tuple, Uuid, Vector } = types;

/** An app's own class for a user type. */
class Place {
  readonly name = 'm';
  readonly elements = [3];
}

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
  ['date', LocalDate.fromString('2147483647'), "'4294967295'"],
  ['vector<float, 2>', new Vector([1.5, 2], 'float'), '[1.5, 2]'],
  ['vector<float, 2>', Float32Array.of(1.5, 2), '[1.5, 2]'],
  ['blob', new DataView(Uint8Array.of(1, 2, 3).buffer, 1), '0x0203'],
  ['blob', Uint16Array.of(0x0101), '0x0101'],
  ['frozen<place>', { elements: [1, 2], name: 'n' }, "{elements: [1, 2], name: 'n'}"],
  ['frozen<place>', new Place(), "{elements: [3], name: 'm'}"],
  ['duration', { months: 1, days: 2, nanoseconds: 3n }, '1mo2d3ns'],
];

test.each(values.map(([type, value, literal]) => ({ type, value, literal })))(
  'a value of the driver bound as $type is what CQL writes as $literal',
  async ({ type, value, literal }) => {
    const database = await openDatabase({
      storage: new MemoryStorage(),
      schema: `CREATE TYPE place (name text, elements frozen<list<int>>);
        CREATE TABLE t (k int PRIMARY KEY, v ${type})`,
    });
    await database.execute('INSERT INTO t (k, v) VALUES (1, ?)', unpackBuffer(packToBuffer([value])) as unknown[]);
    await database.execute(`INSERT INTO t (k, v) VALUES (2, ${literal})`);
    const { rows } = await database.execute('SELECT v FROM t');
    expect(rows[0].get(0)).not.toBe(null);
    expect(rows[0].get(0)).toEqual(rows[1].get(0));
    await database.close();
  },
);

test.each([
  ['text', new Error('no')],
  ['text', /x/],
  ['text', new URL('https://a.example')],
  ['text', new Place()],
  ['text', Uuid.random()],
  ['text', Long.fromNumber(1)],
  ['text', new Duration(1, 2, Long.ZERO)],
  ['text', LocalDate.now()],
  ['text', '\ud800x'],
  ['list<text>', ['\ud800x']],
  ['map<text, int>', new Place()],
  ['date', { year: 2024 }],
  ['duration', { months: 1.5, days: 2, nanoseconds: 3n }],
  ['time', { hour: 25, minute: 0, second: 0, nanosecond: 0 }],
  ['frozen<place>', { nope: 1 }],
])('a column of type %s does not take %o from a page, as little as from the engine', async (type, value) => {
  const database = await openDatabase({
    storage: new MemoryStorage(),
    schema: `CREATE TYPE place (name text, elements frozen<list<int>>);
      CREATE TABLE t (k int PRIMARY KEY, v ${type})`,
  });
  const bind = async (make: () => unknown) => database.execute('INSERT INTO t (k, v) VALUES (1, ?)', [make()]);
  for (const make of [() => unpackBuffer(packToBuffer(value)), () => value]) {
    await expect(bind(make)).rejects.toMatchObject({ code: expect.stringMatching(/^(INVALID_REQUEST|UNSUPPORTED_VALUE)$/) });
  }
  await database.close();
});

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
