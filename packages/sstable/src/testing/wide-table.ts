import { ByteWriter, compareBytes, compareInt64, token, tokenWords } from '@cassette/bytes';
import { type ColumnMetadata, type CompressionParams, defaultTableParams, nativeTypes, TableMetadata, Uuid } from '@cassette/cql';
import { ClusteringBound, encodeClustering } from '../clustering/index.ts';
import type { Component } from '../descriptor/index.ts';
import { EncodingStatsCollector } from '../header/index.ts';
import type { ByteSink } from '../io/byte-sink.ts';
import { DeletionTime } from '../rows/deletion-time.ts';
import { BoundKind, RangeTombstoneMarker } from '../rows/range-tombstone-marker.ts';
import { Row } from '../rows/row.ts';
import type { Version } from '../version/index.ts';
import { SSTableWriter } from '../writer/index.ts';
import { int32 } from './model-table.ts';

// Partitions of as many rows as a test wants, of a size that it knows: for tests of what a read touches and holds.

const { int, blob } = nativeTypes;
const column = (name: string, kind: ColumnMetadata['kind'], type: ColumnMetadata['type'], id: number) => {
  return { name, kind, type, position: 0, descending: false, id };
};

/** `(k int, a int, s int static, v blob, PRIMARY KEY (k, a))`. */
export const wideTable = new TableMetadata({
  keyspace: 'ks',
  name: 'wide',
  id: new Uuid(new Uint8Array(16)),
  columns: [
    column('k', 'partition_key', int, 0),
    column('a', 'clustering', int, 1),
    column('s', 'static', int, 2),
    column('v', 'regular', blob, 3),
  ],
  params: { ...defaultTableParams, minIndexInterval: 8 },
  nextColumnId: 4,
});

/** A bound at `a`; without it before or after everything, as the kind says. */
export function wideBound(kind: BoundKind, a?: number): ClusteringBound {
  const out = new ByteWriter(16);
  if (a !== undefined) encodeClustering(out, wideTable.clustering, [int32(a)]);
  return new ClusteringBound(kind, a === undefined ? 0 : 1, out.toBytes());
}

/** What partitions are written. */
export interface WideInput {
  readonly version: Version;
  readonly compression: CompressionParams;
  readonly partitions: number;
  /** Of each partition, with `a` from 0. */
  readonly rows: number;
  /** Bytes of `v`, which do not compress. */
  readonly valueBytes: number;
  /** Bytes to a block of the row index; default the version's. */
  readonly columnIndexSize?: number;
  /** Every so many rows the next so many are deleted by a range tombstone; default none. */
  readonly tombstoneEvery?: number;
  /** Without static rows; default false. */
  readonly withoutStatics?: boolean;
  /** Each partition was deleted before; default false. */
  readonly deleted?: boolean;
  readonly sink: (component: Component) => ByteSink;
}

/** Writes partitions of keys 0, 1, 2, …, each with a static row. */
export function writeWide(input: WideInput): void {
  const { version, rows, valueBytes, tombstoneEvery = 0, withoutStatics = false, deleted = false } = input;
  const deletion = DeletionTime.of(0, 5, 1700000000);
  const stats = new EncodingStatsCollector();
  stats.deletion(deletion);
  const writer = new SSTableWriter({
    version,
    table: wideTable,
    encodingStats: stats.get(),
    expectedPartitions: input.partitions,
    sink: input.sink,
    compression: input.compression,
    ...(withoutStatics ? { staticColumns: [] } : {}),
    ...(input.columnIndexSize === undefined ? {} : { columnIndexSize: input.columnIndexSize }),
  });
  const row = new Row();
  const marker = new RangeTombstoneMarker();
  const value = new Uint8Array(valueBytes);
  let noise = 1;
  const cell = (bytes: Uint8Array): void => {
    row.setValue(row.addCell(0, 0, 0, 10, 0xffffffff, 0), bytes, 0, bytes.length);
  };
  const mark = (kind: BoundKind, a: number): void => {
    const { bytes, size } = wideBound(kind, a);
    marker.setBound(kind, size, bytes, 0, bytes.length);
    marker.opening.setLive();
    marker.closing.setLive();
    (kind === BoundKind.INCL_START_BOUND ? marker.opening : marker.closing).set(deletion);
    writer.addMarker(marker);
  };
  for (const key of wideKeys(input.partitions)) {
    writer.startPartition(key, 0, key.length, deleted ? deletion : new DeletionTime());
    if (!withoutStatics) {
      row.clear();
      row.isStatic = true;
      cell(key);
      writer.addStaticRow(row);
    }
    for (let a = 0; a < rows; a++) {
      const opens = tombstoneEvery > 0 && a % (2 * tombstoneEvery) === 0;
      if (opens) mark(BoundKind.INCL_START_BOUND, a);
      row.clear();
      const { bytes } = wideBound(BoundKind.INCL_START_BOUND, a);
      row.setClustering(bytes, 0, bytes.length);
      for (let i = 0; i < valueBytes; i++) {
        noise = (Math.imul(noise, 1103515245) + 12345) | 0;
        value[i] = noise >>> 16;
      }
      cell(value);
      writer.addRow(row);
      if (
        tombstoneEvery > 0 &&
        (a % (2 * tombstoneEvery) === tombstoneEvery - 1 || (a === rows - 1 && a % (2 * tombstoneEvery) < tombstoneEvery))
      ) {
        mark(BoundKind.INCL_END_BOUND, a);
      }
    }
    writer.endPartition();
  }
  writer.finish();
}

/** The keys 0, 1, 2, … in the order of their tokens. */
export function wideKeys(count: number): Uint8Array[] {
  const tokenOf = (key: Uint8Array) => {
    token(key);
    return { key, hi: tokenWords[0], lo: tokenWords[1] };
  };
  return Array.from({ length: count }, (_, i) => tokenOf(int32(i)))
    .sort((x, y) => compareInt64(x.hi, x.lo, y.hi, y.lo) || compareBytes(x.key, 0, 4, y.key, 0, 4))
    .map(({ key }) => key);
}
