import { expect, test } from 'vitest';
import { da, na, nb, oa, UnsupportedVersionError, versionOf } from './index.ts';

test.each([na, nb, oa, da])('$name-$format is known', (version) => {
  expect(versionOf(version.name, version.format)).toBe(version);
});

test.each([
  ['me', 'big'],
  ['mc', 'big'],
  ['oa', 'bti'],
  ['da', 'big'],
  ['nb', 'bti'],
  ['zz', 'big'],
])('%s-%s is refused by name', (name, format) => {
  expect(() => versionOf(name, format)).toThrow(UnsupportedVersionError);
  expect(() => versionOf(name, format)).toThrow(
    `SSTable version ${name}-${format} is not supported; supported: na-big, nb-big, oa-big, da-bti`,
  );
});
