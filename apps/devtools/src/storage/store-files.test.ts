import { expect, test } from 'vitest';
import { whatIs } from './store-files.ts';

test('a file of a store is told by its name', () => {
  const id = '0123456789abcdef0123456789abcdef';
  expect(
    [`${id}-nb-12-big-Data.db`, `${id}-da-3-bti-Partitions.db`, 'wal-7', 'aside-wal-3', 'cdc-wal-2', 'catalog', '<b>x'].map(
      whatIs,
    ),
  ).toEqual([
    'Data.db of an SSTable',
    'Partitions.db of an SSTable',
    'log segment',
    'set aside: could not be read',
    'log, kept for changes()',
    'second copy of the catalog',
    'other',
  ]);
});
