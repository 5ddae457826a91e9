import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeStoreName, encodeStoreName } from './store-names.ts';

test('plain names stay as they are, all other characters become percent escapes', () => {
  expect(['survey', 'a_b-C9', '..', 'a/b', 'é', "it's*", '%41'].map(encodeStoreName)).toEqual([
    'survey',
    'a_b-C9',
    '%2E%2E',
    'a%2Fb',
    '%C3%A9',
    'it%27s%2A',
    '%2541',
  ]);
});

test('every name that is taken comes back from its folder, and its folder is plain', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 15 }), (name) => {
      const folder = encodeStoreName(name);
      expect(folder).toMatch(/^[A-Za-z0-9_%-]{1,200}$/);
      expect(decodeStoreName(folder)).toBe(name);
    }),
  );
});

test('empty, overlong and malformed names are refused', () => {
  for (const name of ['', 'x'.repeat(201), 'ü'.repeat(40), '\ud800']) {
    expect(() => encodeStoreName(name)).toThrow(expect.objectContaining({ code: 'INVALID_STORE_NAME' }));
  }
});

test('folders that no store made are not taken for stores', () => {
  expect(['', '%', '%zz', 'a.b', 'a%2fb', 'x'.repeat(201)].map(decodeStoreName)).toEqual(Array(6).fill(undefined));
});
