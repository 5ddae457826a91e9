import { describe, expect, test } from 'vitest';
import { Component } from '../descriptor/index.ts';
import { MemoryComponents } from '../testing/memory-files.ts';
import { type WatchedSource, watched } from '../testing/watched-source.ts';
import { type WideInput, writeWide } from '../testing/wide-table.ts';
import { descriptorOf, lz4, plain, writtenVersions } from '../testing/written-model.ts';
import type { Version } from '../version/index.ts';
import { verifySSTable } from './index.ts';

function written(version: Version, input: Omit<WideInput, 'version' | 'sink'>): MemoryComponents {
  const files = new MemoryComponents(descriptorOf(version));
  writeWide({ ...input, version, sink: files.sink });
  return files;
}

/** Verifies files and tells what was read of each. */
function readsOf(files: MemoryComponents): Record<string, WatchedSource> {
  const sources = watched(files.sources() as Record<string, never>);
  const { errors, warnings } = verifySSTable(files.descriptor, sources);
  expect({ errors, warnings }).toEqual({ errors: [], warnings: [] });
  return sources;
}

const compressions = { plain, lz4: { ...lz4, chunkLength: 16384 } };
const cases = writtenVersions.flatMap((version) =>
  (['plain', 'lz4'] as const).map((compression) => ({ version, name: version.name, compression })),
);

describe.each(cases)('$name, $compression', ({ version, compression }) => {
  test('every byte of Data.db is read once', () => {
    const files = written(version, { compression: compressions[compression], partitions: 40, rows: 100, valueBytes: 300 });
    const data = readsOf(files)[Component.DATA];
    expect(data.bytesRead).toBe(data.size);
    const ends = data.ranges.map(([from]) => from);
    expect(ends).toEqual([...ends].sort((a, b) => a - b));
  });

  test('no more is asked for at a time of a large table than of a small one', () => {
    const input = { compression: compressions[compression], partitions: 8, valueBytes: 1000 };
    const largest = (rows: number): Record<string, number> => {
      const sources = readsOf(written(version, { ...input, rows }));
      const {
        [Component.DATA]: data,
        [Component.INDEX]: index,
        [Component.PARTITIONS]: tree,
        [Component.ROWS]: rowsFile,
      } = sources;
      return Object.fromEntries(
        [data, index, tree, rowsFile].filter((one) => one !== undefined).map((one) => [one.name, one.largestRead]),
      );
    };
    const small = largest(100);
    const large = largest(1000);
    for (const [name, bytes] of Object.entries(large)) expect(bytes).toBeLessThanOrEqual(Math.max(small[name], 65536));
  });
});

test('a chunk that is wrong is told once, and so are those that the scan passes over', () => {
  const files = written(writtenVersions[0], { compression: compressions.lz4, partitions: 4, rows: 200, valueBytes: 500 });
  const data = files.bytes(Component.DATA);
  for (const at of [20_000, 36_000, 200_000]) data[at] ^= 1;
  files.set(Component.DATA, data);
  const { errors, checks } = verifySSTable(files.descriptor, files.sources());
  expect(errors.filter((text) => text.startsWith('chunks: '))).toEqual([
    expect.stringContaining('chunk 1 has CRC32'),
    expect.stringContaining('chunk 2 has CRC32'),
    expect.stringContaining('chunk 12 has CRC32'),
  ]);
  expect(errors.filter((text) => text.startsWith('digest: '))).toHaveLength(1);
  expect(checks).not.toContain('chunks');
});
