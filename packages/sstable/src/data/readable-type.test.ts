import { type CqlType, ListType, MapType, nativeTypes, TupleType, UserType, VectorType } from '@cassette/cql';
import { expect, test } from 'vitest';
import { canRead, canReadInOrder } from './readable-type.ts';

const { ascii, bigint, blob, counter, date, int, text, time, timestamp, timeuuid, uuid, varint } = nativeTypes;
const user = (names: readonly string[], frozen = true, keyspace = 'ks') =>
  new UserType(
    keyspace,
    'u',
    names.map((name) => ({ name, type: int })),
    frozen,
  );

const readable: readonly (readonly [string, CqlType, CqlType])[] = [
  ['its own values', int, int],
  ['a text what was ascii', text, ascii],
  ['a uuid what was a timeuuid', uuid, timeuuid],
  ['a timestamp what was a bigint', timestamp, bigint],
  ['a varint what was an int', varint, int],
  ['a blob anything in one cell', blob, user(['a'])],
  ['a user type that got a field', user(['a', 'b']), user(['a'])],
  ['a user type of another keyspace, with fields renamed', user(['x'], true, 'other'), user(['a'])],
  ['a user type what was a tuple', user(['a']), new TupleType([int])],
  ['a user type of cells that got a field', user(['a', 'b'], false), user(['a'], false)],
  ['a list of those', new ListType(user(['a', 'b']), false), new ListType(user(['a']), false)],
  ['a vector of its length', new VectorType(int, 3), new VectorType(int, 3)],
];

const unreadable: readonly (readonly [string, CqlType, CqlType])[] = [
  ['a text what was an int', text, int],
  ['an int what was a bigint', int, bigint],
  ['an ascii what was text', ascii, text],
  ['a blob what was a counter', blob, counter],
  ['a bigint what was a counter', bigint, counter],
  ['a date what was a time', date, time],
  ['one cell what was many', new ListType(int, true), new ListType(int, false)],
  ['many cells what was one', new MapType(int, int, false), new MapType(int, int, true)],
  ['a list what was a map', new ListType(int, false), new MapType(int, int, false)],
  ['a user type that lost a field', user(['a']), user(['a', 'b'])],
  ['a vector of another length', new VectorType(int, 3), new VectorType(int, 4)],
];

test.each(readable)('a column reads %s', (_, type, stored) => {
  expect(canRead(type, stored)).toBe(true);
});

test.each(unreadable)('a column does not read as %s', (_, type, stored) => {
  expect(canRead(type, stored)).toBe(false);
});

test('clusterings keep their order', () => {
  expect(canReadInOrder(text, ascii)).toBe(true);
  expect(canReadInOrder(blob, text)).toBe(true);
  expect(canReadInOrder(user(['a', 'b']), user(['a']))).toBe(true);
  expect(canReadInOrder(uuid, timeuuid)).toBe(false);
  expect(canReadInOrder(blob, varint)).toBe(false);
  expect(canReadInOrder(varint, int)).toBe(false);
});
