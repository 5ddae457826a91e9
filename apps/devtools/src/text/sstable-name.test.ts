import { expect, test } from 'vitest';
import { sstableName } from './sstable-name.ts';

test.each([
  ['nb-3-big-Data.db', 'nb-3-big'],
  ['oa-12-big-Digest.crc32', 'oa-12-big'],
  ['da-7-bti-Partitions.db', 'da-7-bti'],
])('%s is of %s', (file, name) => {
  const components = [{ name: file.slice(file.lastIndexOf('-') + 1), file: `${'0f'.repeat(16)}-${file}`, bytes: 1 }];
  expect(sstableName({ components, generation: 3 })).toBe(name);
});

test('one without files that tell is called by its number', () => {
  expect(sstableName({ components: [], generation: 9 })).toBe('SSTable 9');
});
