import { expect, test } from 'vitest';
import { nb, UnsupportedVersionError, versionOf } from './index.ts';

test('nb is known, with its format', () => {
  expect(versionOf('nb', 'big')).toBe(nb);
});

test.each([
  ['me', 'big'],
  ['na', 'big'],
  ['nb', 'bti'],
  ['zz', 'big'],
])('%s-%s is refused by name', (name, format) => {
  expect(() => versionOf(name, format)).toThrow(UnsupportedVersionError);
  expect(() => versionOf(name, format)).toThrow(`SSTable version ${name}-${format} is not supported; supported: nb-big`);
});
