import { expect, test } from 'vitest';
import { measureSSTables } from './measure-sstables.ts';

test('every version is written and read with every compressor, and all rows come back', () => {
  const told: string[] = [];
  const { rows, partitions, figures } = measureSSTables(1, 3000, (line) => told.push(line));
  expect([rows, partitions]).toEqual([3000, 80]);
  expect(told).toEqual(['SSTables: warming up', 'SSTables: round 1 of 1']);
  const compressors = ['none', 'LZ4', 'LZ4 high', 'Snappy', 'Deflate', 'Zstd'];
  expect(figures.map(({ version, compressor }) => `${version} ${compressor}`)).toEqual(
    ['nb', 'oa', 'da'].flatMap((version) => compressors.map((compressor) => `${version} ${compressor}`)),
  );
  for (const { compressor, dataBytes, storedBytes, bytesOnDisk, writeMegabytes, readRows } of figures) {
    if (compressor === 'none') expect(storedBytes).toBe(dataBytes);
    else expect(storedBytes).toBeLessThan(dataBytes * 0.85);
    expect(bytesOnDisk).toBeGreaterThan(storedBytes);
    expect([writeMegabytes.length, readRows.length]).toEqual([1, 1]);
  }
});
