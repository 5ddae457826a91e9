import { Duration, Uuid } from '@cassette/client';
import { expect, test } from 'vitest';
import { paramsKey } from './params-key.ts';

test('values that are the same have the same key, however often they are made', () => {
  const make = () => [1, 'a', 2n, null, new Date(5), new Uint8Array([1, 2]), new Map([[1, { b: 1, a: 2 }]]), Uuid.parse(ID)];
  expect(paramsKey(make())).toBe(paramsKey(make()));
  expect(paramsKey({ a: 1, b: 2 })).toBe(paramsKey({ b: 2, a: 1 }));
});

test('values that differ have different keys', () => {
  const values = [
    undefined,
    null,
    [],
    {},
    [1],
    ['1'],
    [1n],
    [[1]],
    [1, 2],
    ['1,2'],
    [-0],
    [0],
    [new Date(1)],
    [new Uint8Array([1])],
    [new Int8Array([1])],
    [new Set([1])],
    [new Map([[1, 1]])],
    [{ a: 1 }],
    [{ a: '1' }],
    [{ a: 1, b: undefined }],
    [Uuid.parse(ID)],
    [Duration.parse('1h')],
    [Duration.parse('2h')],
  ];
  expect(new Set(values.map(paramsKey)).size).toBe(values.length);
});

const ID = '00000000-0000-4000-8000-000000000001';
