import { fromHex } from '@cassette/bytes';
import { describe, expect, test } from 'vitest';
import { jsonDump, parseFileName, SSTableReader } from './index.ts';
import { goldenSSTables, olderFiles, olderSSTables } from './testing/goldens.ts';
import { plainPartitions } from './testing/plain-rows.ts';

// That they are the same when written again is in rewritten-goldens.test.ts.
const all = goldenSSTables();

test('there are goldens of every version that is written', () => {
  expect([...new Set(all.map(({ descriptor }) => descriptor.version.name))]).toEqual(['da', 'nb', 'oa']);
  expect(all.length).toBeGreaterThan(100);
});

const older = ['4.1.8', '4.0-rc1'].flatMap(olderSSTables);

test('there are goldens of the versions of Cassandra 4, and one of 3.11, which is refused by its version', () => {
  expect([...new Set(older.map(({ descriptor }) => descriptor.version.name))]).toEqual(['nb', 'na']);
  expect(older).toHaveLength(10);
  const files = olderFiles('3.11.19');
  expect(files.length).toBeGreaterThan(30);
  for (const file of files) {
    expect(() => parseFileName(file.slice(file.lastIndexOf('/') + 1))).toThrow(
      /^SSTable version me-big is not supported; .* Cassandra 3\.0\.25 or 3\.11\.11 and later wrote it: run nodetool upgradesstables/,
    );
  }
});

describe.each([...all, ...older])('$name, written by Cassandra', ({ descriptor, files, dump, now }) => {
  const open = () => SSTableReader.open(descriptor, files.sources());
  const everything = { partitions: { range: {} } };

  test('dumps as sstabledump dumps it, letter for letter', () => {
    const reader = open();
    const text = [...jsonDump(reader.cursor(everything), reader.table, { rawTimestamps: true, nowInSeconds: now })].join('');
    expect(text).toBe(dump);
  });

  test('is read by key and reversed as it is scanned', () => {
    const reader = open();
    const scanned = plainPartitions(reader.cursor(everything));
    const keys = scanned.map((partition) => fromHex(partition.key)!);
    expect(plainPartitions(reader.cursor({ partitions: { keys } }))).toEqual(scanned);
    expect(plainPartitions(reader.cursor({ ...everything, reversed: true }))).toEqual(
      scanned.map((partition) => ({ ...partition, unfiltereds: [...partition.unfiltereds].reverse() })),
    );
  });
});
