import { fromHex } from '@cassette/bytes';
import { describe, expect, test } from 'vitest';
import { jsonDump, SSTableReader } from './index.ts';
import { goldenSSTables } from './testing/goldens.ts';
import { plainPartitions } from './testing/plain-rows.ts';

// That they are the same when written again is in rewritten-goldens.test.ts.
const all = goldenSSTables();

test('there are goldens of every version that is written', () => {
  expect([...new Set(all.map(({ descriptor }) => descriptor.version.name))]).toEqual(['da', 'nb', 'oa']);
  expect(all.length).toBeGreaterThan(100);
});

describe.each(all)('$name, written by Cassandra', ({ descriptor, files, dump, now }) => {
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
