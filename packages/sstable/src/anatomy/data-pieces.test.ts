import { toBigInt, toHex } from '@cassette/bytes';
import { describe, expect, test } from 'vitest';
import { CompressedSource, decodeCompressionInfo } from '../compression/index.ts';
import { Component } from '../descriptor/index.ts';
import type { ByteSource } from '../io/byte-source.ts';
import { readAll, SSTableReader } from '../reader/index.ts';
import { CellFlag, type Row } from '../rows/row.ts';
import { Unfiltered } from '../rows/unfiltered-cursor.ts';
import { allParts } from '../testing/covered.ts';
import { goldenSSTables } from '../testing/goldens.ts';
import { anatomyOf } from './component-anatomy.ts';
import type { Anatomy, Piece } from './index.ts';

const all = goldenSSTables();

function child(anatomy: Anatomy, piece: Piece, ...path: string[]): Piece {
  let found = piece;
  for (const name of path) {
    const next = [...allParts(anatomy, found)].find((one) => one.name === name);
    if (next === undefined) throw new Error(`${found.name} has no ${name}`);
    found = next;
  }
  return found;
}

/** The bytes of every value of a cell, in their order in the file. */
function cellsOf(anatomy: Anatomy, piece: Piece, bytes: Uint8Array, values: string[]): void {
  if (piece.parts === 0) {
    if (piece.name === 'value' || piece.name === 'counter context') values.push(toHex(bytes.subarray(piece.from, piece.to)));
    return;
  }
  if (piece.name === 'path' || piece.name.startsWith('clustering')) return;
  if (piece.name === 'counter context') {
    values.push(toHex(bytes.subarray(piece.from, piece.to)));
    return;
  }
  for (const one of allParts(anatomy, piece)) cellsOf(anatomy, one, bytes, values);
}

function valuesOf(row: Row): string[] {
  const values: string[] = [];
  for (let i = 0; i < row.cellCount; i++) {
    if ((row.cellFlags[i] & CellFlag.COMPLEX_DELETION) !== 0 || row.cellValueFrom[i] === row.cellValueTo[i]) continue;
    values.push(toHex(row.cellValueBytes[i].subarray(row.cellValueFrom[i], row.cellValueTo[i])));
  }
  return values;
}

/** What a partition consists of, with blocks opened. */
function* contentOf(anatomy: Anatomy, partition: Piece): Generator<Piece> {
  for (const piece of allParts(anatomy, partition)) {
    if (piece.name === 'block of rows') yield* allParts(anatomy, piece);
    else yield piece;
  }
}

/** The number that a value begins with. */
function numberOf(piece: Piece): bigint {
  return BigInt(piece.value.split(' ')[0]);
}

describe.each(all)('$name', ({ descriptor, files }) => {
  test('the pieces of Data.db are the partitions, rows and markers that are read from it', () => {
    const sources = files.sources();
    const infoBytes = files.components.includes(Component.COMPRESSION_INFO) ? files.bytes(Component.COMPRESSION_INFO) : null;
    const info = infoBytes === null ? null : decodeCompressionInfo(infoBytes, 'info');
    const stored = sources[Component.DATA] as ByteSource;
    const bytes = readAll(info === null ? stored : new CompressedSource(stored, info));
    const cursor = SSTableReader.open(descriptor, sources).cursor({ partitions: { range: {} } });
    const anatomy = anatomyOf(descriptor, sources, Component.DATA, { uncompressed: true });
    const wrong: string[] = [];
    const same = (what: string, found: unknown, wanted: unknown) => {
      if (String(found) !== String(wanted)) wrong.push(`${what}: ${found}, not ${wanted}`);
    };
    for (const partition of allParts(anatomy, anatomy.root)) {
      expect(cursor.nextPartition()).toBe(true);
      const key = child(anatomy, partition, 'partition key');
      same('key', toHex(bytes.subarray(key.from + 2, key.to)), toHex(cursor.keyBytes.subarray(0, cursor.keyTo)));
      same('token', partition.value.split(' at token ').at(-1), toBigInt(cursor.tokenHi, cursor.tokenLo));
      const deletion = child(anatomy, partition, 'partition deletion');
      same('deletion', deletion.value === 'not deleted', cursor.partitionDeletion.isLive);
      const statics: string[] = [];
      for (const piece of contentOf(anatomy, partition)) {
        if (piece.name === 'static row') cellsOf(anatomy, piece, bytes, statics);
        if (piece.name.startsWith('partition') || piece.name === 'static row') continue;
        if (piece === partition) continue;
        const found = cursor.next();
        same(
          'what',
          piece.name,
          found === Unfiltered.ROW ? 'row' : found === Unfiltered.MARKER ? 'range tombstone marker' : 'end of partition',
        );
        if (found === Unfiltered.ROW) {
          const values: string[] = [];
          cellsOf(anatomy, piece, bytes, values);
          same('values', values, valuesOf(cursor.row));
          if (cursor.row.hasLiveness) {
            const timestamp = child(anatomy, piece, 'primary key liveness', 'timestamp');
            same('timestamp', numberOf(timestamp), toBigInt(cursor.row.livenessHi, cursor.row.livenessLo));
          }
        } else if (found === Unfiltered.MARKER) {
          const { marker } = cursor;
          const opened = [...allParts(anatomy, piece)].find(({ name }) => name === 'opening deletion' || name === 'deletion')!;
          const wanted = marker.opening.isLive ? marker.closing : marker.opening;
          const [markedForDeleteAt, localDeletionTime] = allParts(anatomy, opened);
          same('marked for delete at', numberOf(markedForDeleteAt), toBigInt(wanted.hi, wanted.lo));
          same('local deletion time', numberOf(localDeletionTime), wanted.localDeletionTime);
        }
      }
      same('static row', statics, cursor.staticRow === null ? [] : valuesOf(cursor.staticRow));
    }
    expect(cursor.nextPartition()).toBe(false);
    expect(wrong).toEqual([]);
  });
});

test('a row is a tree of what it says', () => {
  const { descriptor, files } = all.find(({ name }) => name.startsWith('nb/clustering/g/desc_plain'))!;
  const anatomy = anatomyOf(descriptor, files.sources(), Component.DATA, { uncompressed: true });
  const [partition] = allParts(anatomy, anatomy.root);
  const row = child(anatomy, partition, 'row');
  const parts = [...allParts(anatomy, row)];
  expect(parts.map(({ name }) => name)).toEqual([
    'flags',
    'clustering header',
    'clustering value',
    'size',
    'previous unfiltered size',
    'primary key liveness',
    ...parts.slice(6).map(({ name }) => name),
  ]);
  expect(parts.slice(6).every(({ name }) => name.startsWith('column '))).toBe(true);
});

test('a counter is a tree of its shards', () => {
  const { descriptor, files } = all.find(({ name }) => name.startsWith('nb/counters_global/'))!;
  const anatomy = anatomyOf(descriptor, files.sources(), Component.DATA, { uncompressed: true });
  const shards = anatomy.leaves(0, anatomy.root.to, 1000).filter(({ name }) => name === 'counter id');
  expect(shards.length).toBeGreaterThan(0);
  const path = anatomy.pathTo(shards[0].from).map(({ piece }) => piece.name);
  expect(path.slice(-4)).toEqual(['value', 'counter context', 'shard', 'counter id']);
});
