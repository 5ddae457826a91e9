import { expect, test } from 'vitest';
import { parseType } from '../language/index.ts';
import { parseMarshalType } from './marshal-name.ts';
import { nativeTypes as n } from './native-types.ts';
import { ReversedType } from './other-types.ts';
import { resolveType } from './resolve-type.ts';
import { UserType } from './tuple-type.ts';

const udt1 = new UserType(
  'ks',
  'udt1',
  [
    { name: 'a', type: n.int },
    { name: 'b', type: n.text },
    { name: 'c', type: resolveType(parseType('frozen<list<int>>'), () => undefined) },
  ],
  false,
);
const resolve = (text: string) => resolveType(parseType(text), ({ name }) => (name === 'udt1' ? udt1 : undefined));

// CQL, how CQL prints it again, and the name in Statistics.db without its package.
const names: readonly (readonly [string, string, string])[] = [
  ['text', 'text', 'UTF8Type'],
  ['varchar', 'text', 'UTF8Type'],
  ['list<int>', 'list<int>', 'ListType(Int32Type)'],
  ['frozen<list<text>>', 'frozen<list<text>>', 'FrozenType(ListType(UTF8Type))'],
  ['frozen<map<text,int>>', 'frozen<map<text, int>>', 'FrozenType(MapType(UTF8Type,Int32Type))'],
  [
    'map<text,frozen<udt1>>',
    'map<text, frozen<udt1>>',
    'MapType(UTF8Type,FrozenType(UserType(ks,75647431,61:Int32Type,62:UTF8Type,63:ListType(Int32Type))))',
  ],
  ['udt1', 'udt1', 'UserType(ks,75647431,61:Int32Type,62:UTF8Type,63:FrozenType(ListType(Int32Type)))'],
  [
    'tuple<int, text, frozen<set<int>>>',
    'frozen<tuple<int, text, frozen<set<int>>>>',
    'TupleType(Int32Type,UTF8Type,SetType(Int32Type))',
  ],
  ['frozen<list<list<int>>>', 'frozen<list<frozen<list<int>>>>', 'FrozenType(ListType(ListType(Int32Type)))'],
  ['vector<float, 3>', 'vector<float, 3>', 'VectorType(FloatType , 3)'],
  ['vector<frozen<list<int>>, 2>', 'vector<frozen<list<int>>, 2>', 'VectorType(FrozenType(ListType(Int32Type)) , 2)'],
  ['vector<list<int>, 2>', 'vector<list<int>, 2>', 'VectorType(ListType(Int32Type) , 2)'],
  [
    'tuple<list<list<int>>, udt1>',
    'frozen<tuple<frozen<list<frozen<list<int>>>>, frozen<udt1>>>',
    'TupleType(ListType(ListType(Int32Type)),UserType(ks,75647431,61:Int32Type,62:UTF8Type,63:ListType(Int32Type)))',
  ],
  ['list<frozen<vector<float, 2>>>', 'list<vector<float, 2>>', 'ListType(VectorType(FloatType , 2))'],
  ["'LexicalUUIDType'", "'org.apache.cassandra.db.marshal.LexicalUUIDType'", 'LexicalUUIDType'],
];

const withPackages = (name: string) => name.replace(/[A-Z][A-Za-z0-9]*Type/g, 'org.apache.cassandra.db.marshal.$&');

test('types are named in CQL and in files as Cassandra names them', () => {
  expect(names.map(([cql]) => [cql, resolve(cql).cqlName(), resolve(cql).marshalName()])).toEqual(
    names.map(([cql, printed, marshal]) => [cql, printed, withPackages(marshal)]),
  );
});

test('a marshal name is read back, with or without packages and with blanks', () => {
  for (const [cql, , marshal] of names) {
    for (const text of [withPackages(marshal), marshal, marshal.replaceAll(',', ' , ').replaceAll('(', '( ')]) {
      expect(parseMarshalType(text).equals(resolve(cql)), text).toBe(true);
      expect(parseMarshalType(text).isMultiCell, text).toBe(resolve(cql).isMultiCell);
    }
  }
});

test('reversed and composite types are read from headers', () => {
  const reversed = parseMarshalType('ReversedType(Int32Type)');
  expect(reversed).toBeInstanceOf(ReversedType);
  expect(reversed.fixedLength).toBe(4);
  const composite = 'CompositeType(Int32Type,UTF8Type,UUIDType)';
  expect(parseMarshalType(composite).marshalName()).toBe(withPackages(composite));
  expect(parseMarshalType(composite).subTypes).toEqual([n.int, n.text, n.uuid]);
});

test('a statement is refused that names a class which Cassandra does not have', () => {
  const error = { code: 'CONFIGURATION_ERROR', message: "Unable to find abstract-type class 'org.example.T'" };
  for (const text of ["'org.example.T'", "list<'ListType(org.example.T)'>"]) {
    expect(() => resolve(text), text).toThrow(expect.objectContaining(error));
  }
});

test('a class that is not known keeps its name and parameters', () => {
  const name = 'org.apache.cassandra.db.marshal.DynamicCompositeType(b=>org.apache.cassandra.db.marshal.BytesType)';
  expect(parseMarshalType(name).marshalName()).toBe(name);
  expect(parseMarshalType('LexicalUUIDType').fixedLength).toBe(16);
});

test('text that is no type is refused with the place', () => {
  for (const text of [
    '',
    'ListType(',
    'ListType(Int32Type,Int32Type)',
    'Int32Type x',
    'UserType(ks,zz)',
    'VectorType(Int32Type)',
    'X(',
  ]) {
    expect(() => parseMarshalType(text), text).toThrow(expect.objectContaining({ code: 'CONFIGURATION_ERROR' }));
  }
  expect(() => parseMarshalType('ListType('.repeat(100_000))).toThrow('types are nested too deep');
});
