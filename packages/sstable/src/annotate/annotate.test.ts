import { toBigInt, toHex } from '@cassette/bytes';
import { describe, expect, test } from 'vitest';
import { CompressedSource, decodeCompressionInfo } from '../compression/index.ts';
import { Component } from '../descriptor/index.ts';
import type { ByteSource } from '../io/byte-source.ts';
import { readAll, SSTableReader } from '../reader/index.ts';
import { CellFlag, type Row } from '../rows/row.ts';
import { Unfiltered } from '../rows/unfiltered-cursor.ts';
import { goldenSSTables } from '../testing/goldens.ts';
import { type Annotation, annotateChunks, annotateComponent, annotatedComponents, fieldsOf } from './index.ts';

const all = goldenSSTables();

/** Fields of pieces, which must lie one behind the other from `from` on; their end is added. */
function gapless(pieces: Iterable<Annotation>): { fields: Annotation[]; end: number } {
  const fields: Annotation[] = [];
  let end = 0;
  for (const piece of pieces) {
    expect(piece.offset).toBe(end);
    for (const field of fieldsOf(piece)) {
      if (field.offset !== end || field.length < 1) expect(field, `at ${end}`).toBe('the next field');
      end += field.length;
      fields.push(field);
    }
    expect(piece.offset + piece.length).toBe(end);
  }
  return { fields, end };
}

function child(annotation: Annotation, ...path: string[]): Annotation {
  let found = annotation;
  for (const name of path) {
    const next = found.children?.find((one) => one.name === name);
    if (next === undefined) throw new Error(`${found.name} has no ${name}`);
    found = next;
  }
  return found;
}

/** The bytes of every value of a cell, and each timestamp that is written out, in their order in the file. */
function cellsOf(annotation: Annotation, bytes: Uint8Array, values: string[]): void {
  if (annotation.name === 'value' && annotation.children === undefined) {
    values.push(toHex(bytes.subarray(annotation.offset, annotation.offset + annotation.length)));
  }
  for (const one of annotation.children ?? [])
    if (one.name !== 'path' && !one.name.startsWith('clustering')) cellsOf(one, bytes, values);
}

function valuesOf(row: Row): string[] {
  const values: string[] = [];
  for (let i = 0; i < row.cellCount; i++) {
    if ((row.cellFlags[i] & CellFlag.COMPLEX_DELETION) !== 0 || row.cellValueFrom[i] === row.cellValueTo[i]) continue;
    values.push(toHex(row.cellValueBytes[i].subarray(row.cellValueFrom[i], row.cellValueTo[i])));
  }
  return values;
}

describe.each(all)('$name', ({ descriptor, files }) => {
  const sources = files.sources();
  const infoBytes = files.components.includes(Component.COMPRESSION_INFO) ? files.bytes(Component.COMPRESSION_INFO) : null;
  const info = infoBytes === null ? null : decodeCompressionInfo(infoBytes, 'info');

  test('the fields of each component are all of its bytes', () => {
    for (const component of files.components.filter((one) => annotatedComponents.includes(one))) {
      const { end } = gapless(annotateComponent(descriptor, sources, component));
      const isCompressed = component === Component.DATA && info !== null;
      expect(end, component).toBe(isCompressed ? info.dataLength : files.bytes(component).length);
    }
  });

  test('the pieces of Data.db are the partitions, rows and markers that are read from it', () => {
    const stored = sources[Component.DATA] as ByteSource;
    const bytes = readAll(info === null ? stored : new CompressedSource(stored, info));
    const cursor = SSTableReader.open(descriptor, sources).cursor({ partitions: { range: {} } });
    for (const piece of annotateComponent(descriptor, sources, Component.DATA)) {
      if (piece.name === 'partition') {
        expect(cursor.nextPartition()).toBe(true);
        const key = child(piece, 'key', 'value');
        expect(toHex(bytes.subarray(key.offset, key.offset + key.length))).toBe(toHex(cursor.keyBytes.subarray(0, cursor.keyTo)));
        const deleted = child(piece, 'deletion');
        if (deleted.children?.[0].value !== 'LIVE') {
          const at = child(piece, 'deletion', 'markedForDeleteAt').value;
          expect(at).toBe(toBigInt(cursor.partitionDeletion.hi, cursor.partitionDeletion.lo));
        }
        const staticRow = piece.children?.find(({ name }) => name === 'static row');
        const values: string[] = [];
        if (staticRow !== undefined) cellsOf(staticRow, bytes, values);
        expect(values).toEqual(cursor.staticRow === null ? [] : valuesOf(cursor.staticRow));
        continue;
      }
      const found = cursor.next();
      const name = found === Unfiltered.ROW ? 'row' : found === Unfiltered.MARKER ? 'range tombstone marker' : 'end of partition';
      expect(piece.name).toBe(name);
      if (found === Unfiltered.ROW) {
        const values: string[] = [];
        cellsOf(piece, bytes, values);
        expect(values).toEqual(valuesOf(cursor.row));
        if (cursor.row.hasLiveness) {
          expect(child(piece, 'liveness', 'timestamp').value).toBe(toBigInt(cursor.row.livenessHi, cursor.row.livenessLo));
        }
      } else if (found === Unfiltered.MARKER) {
        const opened = piece.children?.find(({ name: one }) => one === 'opening' || one === 'deletion');
        const { marker } = cursor;
        const deletion = marker.opening.isLive ? marker.closing : marker.opening;
        expect(opened?.children?.map(({ value }) => value)).toEqual([
          toBigInt(deletion.hi, deletion.lo),
          deletion.localDeletionTime,
        ]);
      }
    }
    expect(cursor.nextPartition()).toBe(false);
  });

  test('the fields of Statistics.db have the values that are read from it', () => {
    const { stats, header } = SSTableReader.open(descriptor, sources).statistics;
    const pieces = [...annotateComponent(descriptor, sources, Component.STATISTICS)];
    const part = (name: string) => pieces.find((piece) => piece.name === name)!;
    const of = (...names: string[]) => names.map((name) => child(part('STATS'), name).value);
    expect(of('minTimestamp', 'maxTimestamp', 'minTtl', 'maxTtl', 'level', 'totalRows', 'totalColumnsSet')).toEqual([
      ...[stats.minTimestamp, stats.maxTimestamp, stats.minTtl, stats.maxTtl, stats.level],
      ...[BigInt(stats.totalRows), BigInt(stats.totalColumnsSet)],
    ]);
    const columns = child(part('HEADER'), 'regularColumns').children!.slice(1);
    expect(columns.map((column) => child(column, 'name', 'text').value)).toEqual(header.regularColumns.map(({ name }) => name));
    expect(child(part('HEADER'), 'minTimestamp').value).toBe(header.stats.minTimestamp);
  });
});

describe.each(all.filter(({ files }) => files.components.includes(Component.COMPRESSION_INFO)))('$name', ({ files }) => {
  test('chunks are all of the compressed file', () => {
    const info = decodeCompressionInfo(files.bytes(Component.COMPRESSION_INFO), 'info');
    const { end } = gapless(annotateChunks(files.sources()[Component.DATA] as ByteSource, info));
    expect(end).toBe(files.bytes(Component.DATA).length);
  });
});

test('a row is a tree of what it says', () => {
  const { descriptor, files } = all.find(({ name }) => name.startsWith('nb/clustering/g/desc_plain'))!;
  const pieces = [...annotateComponent(descriptor, files.sources(), Component.DATA)];
  expect(pieces.map(({ name }) => name).filter((name, i, list) => list.indexOf(name) === i)).toEqual([
    'partition',
    'row',
    'end of partition',
  ]);
  const row = pieces.find(({ name }) => name === 'row')!;
  expect(row.children?.map(({ name }) => name).slice(0, 5)).toEqual([
    'flags',
    'clustering header',
    'clustering value',
    'size',
    'previous unfiltered size',
  ]);
});

test('a node of a trie tells where its children are, and its payload', () => {
  const { descriptor, files } = all.find(({ name }) => name.startsWith('da/wide/g/blocks/'))!;
  const rows = [...annotateComponent(descriptor, files.sources(), Component.ROWS)];
  const entry = rows.find(({ name }) => name === 'entry')!;
  const root = child(entry, 'root').value;
  const node = rows.find(({ name, offset }) => name === 'node' && offset === root)!;
  expect(child(node, 'children').value).toMatch(/^[0-9a-f]{2} → [0-9]+/);
  const offsets = rows.flatMap((one) =>
    one.name === 'node' && one.children!.some(({ name }) => name === 'payload') ? [child(one, 'payload', 'offset').value] : [],
  );
  expect(offsets.length).toBeGreaterThanOrEqual(child(entry, 'blockCount').value as number);
});
