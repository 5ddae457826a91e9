import { expect, test } from 'vitest';
import { unknownClass } from './known-classes.ts';
import { parseMarshalType } from './marshal-name.ts';

const P = 'org.apache.cassandra.db.marshal.';

test.each([
  'Int32Type',
  'MapType(UTF8Type,FrozenType(ListType(UUIDType)))',
  'ReversedType(LexicalUUIDType)',
  'CompositeType(DateType,LegacyTimeUUIDType)',
  'DynamicCompositeType(b=>BytesType)',
  `${P}PartitionerDefinedOrder(org.apache.cassandra.dht.Murmur3Partitioner)`,
  'UserType(ks,75,61:CounterColumnType)',
])('%s is made of classes that Cassandra has', (text) => {
  expect(unknownClass(parseMarshalType(text))).toBeNull();
});

test.each([
  ['com.example.Foo', 'com.example.Foo'],
  ['Int32TypeX', `${P}Int32TypeX`],
  ['com.example.DateType', 'com.example.DateType'],
  ['ReversedType(com.example.Foo(Int32Type))', 'com.example.Foo(Int32Type)'],
  ['CompositeType(Int32Type,Own)', `${P}Own`],
  ['UserType(ks,75,61:Int32Type,62:ListType(a.B))', 'a.B'],
  ['TupleType(MapType(Int32Type,a.B))', 'a.B'],
  ['VectorType(a.B,3)', 'a.B'],
])('of %s it has no %s', (text, unknown) => {
  expect(unknownClass(parseMarshalType(text))).toBe(unknown);
});
