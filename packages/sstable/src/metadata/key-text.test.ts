import { toHex } from '@cassette/bytes';
import { expect, test } from 'vitest';
import { SSTableReader } from '../reader/index.ts';
import { goldenSSTables } from '../testing/goldens.ts';
import { partitionKeyOfText, partitionKeyText } from './index.ts';

const MARSHAL = 'org.apache.cassandra.db.marshal.';

test.each([
  ['Int32Type', '-5', 'fffffffb'],
  ['UTF8Type', 'a:b\\', '613a625c'],
  ['BytesType', '0aff', '0aff'],
  ['BooleanType', 'true', '01'],
  [`CompositeType(${MARSHAL}Int32Type,${MARSHAL}UTF8Type)`, '7:a\\:b', '00040000000700' + '0003613a6200'],
])('the key of type %s whose text is %s has the bytes %s', (type, text, hex) => {
  expect(toHex(partitionKeyOfText(text, MARSHAL + type)!)).toBe(hex);
  expect(partitionKeyText(partitionKeyOfText(text, MARSHAL + type)!, MARSHAL + type)).toBe(text);
});

test('a text that is no key is refused', () => {
  expect(() => partitionKeyOfText('x', `${MARSHAL}Int32Type`)).toThrow('Invalid value for type int');
  expect(() => partitionKeyOfText('xyz', `${MARSHAL}BytesType`)).toThrow('is written as hexadecimal digits');
  expect(() => partitionKeyOfText('1', `${MARSHAL}CompositeType(${MARSHAL}Int32Type,${MARSHAL}UTF8Type)`)).toThrow(
    'The key 1 has 1 parts between colons, 2 are needed',
  );
});

test('every key of the goldens comes back from its text, unless its type is a tuple', () => {
  let back = 0;
  for (const { descriptor, files, name } of goldenSSTables()) {
    const reader = SSTableReader.open(descriptor, files.sources());
    const keys = reader.keys();
    const { keyType } = reader.header;
    while (keys.next()) {
      const key = keys.keyBytes.slice(keys.keyFrom, keys.keyTo);
      const found = partitionKeyOfText(partitionKeyText(key, keyType), keyType);
      if (found === null) expect(keyType, name).toMatch(/TupleType|UserType/);
      else expect(toHex(found), name).toBe(toHex(key));
      back++;
    }
  }
  expect(back).toBeGreaterThan(1000);
});
