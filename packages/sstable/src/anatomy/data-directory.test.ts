import { toHex } from '@cassette/bytes';
import { describe, expect, test } from 'vitest';
import { Component } from '../descriptor/index.ts';
import { SSTableReader } from '../reader/index.ts';
import { Unfiltered } from '../rows/unfiltered-cursor.ts';
import { Dice } from '../testing/model-table.ts';
import { descriptorOf, isWritten, lz4, partitionsOf, writeModel, writtenVersions } from '../testing/written-model.ts';
import type { Version } from '../version/index.ts';
import { DataDirectory, type DataPlace } from './data-directory.ts';

function written(version: Version) {
  const partitions = partitionsOf(new Dice(7, !version.hasUIntDeletionTime), 300, 12).filter(isWritten);
  return writeModel(version, partitions, lz4, 200);
}

/** Keys, and what each partition has: clusterings of rows, kinds of markers. */
function contentOf(directory: DataDirectory, order: (count: number) => number[]): string[] {
  let count = 0;
  while (directory.partition(count) !== null) count++;
  const texts: string[] = new Array(count);
  for (const index of order(count)) {
    const partition = directory.partition(index) as DataPlace;
    directory.readPartition(partition);
    const { keyBytes, keyTo } = directory.header;
    const key = toHex(keyBytes, 0, keyTo);
    const rows: string[] = [];
    for (let i = 0; ; i++) {
      const place = directory.row(partition, i);
      if (place === null) break;
      const found = directory.readRow(place);
      if ('row' in found) rows.push(toHex(found.row.clusteringBytes, found.row.clusteringFrom, found.row.clusteringTo));
      else rows.push(String(found.marker.kind));
    }
    texts[index] = `${key}: ${rows.join(' ')}`;
  }
  return texts;
}

describe.each(writtenVersions)('an SSTable of $name', (version) => {
  const files = written(version);
  const descriptor = descriptorOf(version);
  const wanted: string[] = [];
  const cursor = SSTableReader.open(descriptor, files.sources()).cursor({ partitions: { range: {} } });
  while (cursor.nextPartition()) {
    const key = toHex(cursor.keyBytes, cursor.keyFrom, cursor.keyTo);
    const rows: string[] = [];
    for (let found = cursor.next(); found !== Unfiltered.END; found = cursor.next()) {
      const { row, marker } = cursor;
      rows.push(
        found === Unfiltered.ROW ? toHex(row.clusteringBytes, row.clusteringFrom, row.clusteringTo) : String(marker.kind),
      );
    }
    wanted.push(`${key}: ${rows.join(' ')}`);
  }

  test('has the partitions and rows that a reader gives, in whichever order they are asked for', () => {
    expect(wanted.length).toBeGreaterThan(130);
    const forward = (count: number) => Array.from({ length: count }, (_, i) => i);
    expect(contentOf(new DataDirectory(descriptor, files.sources()), forward)).toEqual(wanted);
    const jumping = (count: number) => forward(count).sort((a, b) => ((a * 7919) % count) - ((b * 7919) % count));
    expect(contentOf(new DataDirectory(descriptor, files.sources()), jumping)).toEqual(wanted);
  });

  test('has them without its indexes too', () => {
    const without = [Component.INDEX, Component.SUMMARY, Component.PARTITIONS, Component.ROWS];
    const directory = new DataDirectory(descriptor, files.sources(without));
    expect(contentOf(directory, (count) => Array.from({ length: count }, (_, i) => count - 1 - i))).toEqual(wanted);
  });

  test('tells which partition a byte is in', () => {
    const directory = new DataDirectory(descriptor, files.sources());
    const middle = directory.data.size >> 1;
    const found = directory.partitionAt(middle)!;
    expect(found.from <= middle && middle < found.to).toBe(true);
    expect(new DataDirectory(descriptor, files.sources()).partition(found.index)).toEqual(found);
  });
});
