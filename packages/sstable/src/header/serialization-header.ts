import type { ByteReader, ByteWriter } from '@cassette/bytes';
import type { ColumnMetadata, TableMetadata } from '@cassette/cql';
import { decodeEncodingStats, type EncodingStats, encodeEncodingStats } from './encoding-stats.ts';

// Serialization header, the component HEADER of Statistics.db: what is needed to decode Data.db.
//   encodingStats     see encoding-stats.ts
//   keyType           vb        type of the partition key; CompositeType(…) for several columns
//   clusteringTypes   uv n, n × vb    in key order, ReversedType(…) around descending ones
//   staticColumns     uv n, n × (vb name, vb type)    in storage order
//   regularColumns    the same
//
// Cassandra: db.SerializationHeader.Serializer

const MARSHAL = 'org.apache.cassandra.db.marshal.';
const encoder = new TextEncoder();

/** A static or regular column of the header. */
export interface HeaderColumn {
  readonly name: string;
  /** Marshal name of the type. */
  readonly type: string;
}

/**
 * Types and columns of an SSTable, by name. Its columns are those that its source had when it was written: bitmaps in
 * Data.db refer to these lists, and the table of today may have others. Cassandra: db.SerializationHeader.Component.
 */
export interface SerializationHeader {
  readonly stats: EncodingStats;
  /** Marshal name of the partition key's type. */
  readonly keyType: string;
  /** Marshal names, in key order. */
  readonly clusteringTypes: readonly string[];
  /** In storage order. */
  readonly staticColumns: readonly HeaderColumn[];
  /** In storage order. */
  readonly regularColumns: readonly HeaderColumn[];
}

/**
 * The header of an SSTable of `table` that holds these columns of it (default: all), each list in storage order.
 */
export function headerOf(
  table: TableMetadata,
  stats: EncodingStats,
  staticColumns: readonly ColumnMetadata[] = table.staticColumns,
  regularColumns: readonly ColumnMetadata[] = table.regularColumns,
): SerializationHeader {
  const column = (c: ColumnMetadata): HeaderColumn => ({ name: c.name, type: c.type.marshalName() });
  const keyTypes = table.partitionKey.map((c) => c.type.marshalName());
  return {
    stats,
    keyType: keyTypes.length === 1 ? keyTypes[0] : `${MARSHAL}CompositeType(${keyTypes.join(',')})`,
    clusteringTypes: table.clustering.map((c) =>
      c.descending ? `${MARSHAL}ReversedType(${c.type.marshalName()})` : c.type.marshalName(),
    ),
    staticColumns: staticColumns.map(column),
    regularColumns: regularColumns.map(column),
  };
}

/** A clustering type of a header without ReversedType around it, and whether that was there. */
export function withoutReversed(type: string): { readonly type: string; readonly descending: boolean } {
  const start = `${MARSHAL}ReversedType(`;
  if (!type.startsWith(start) || !type.endsWith(')')) return { type, descending: false };
  return { type: type.slice(start.length, -1), descending: true };
}

/** Appends the header. */
export function encodeHeader(out: ByteWriter, header: SerializationHeader): void {
  encodeEncodingStats(out, header.stats);
  putText(out, header.keyType);
  out.unsignedVIntNumber(header.clusteringTypes.length);
  for (const type of header.clusteringTypes) putText(out, type);
  for (const columns of [header.staticColumns, header.regularColumns]) {
    out.unsignedVIntNumber(columns.length);
    for (const column of columns) {
      putText(out, column.name);
      putText(out, column.type);
    }
  }
}

/** Reads the header. Throws CorruptionError. */
export function decodeHeader(input: ByteReader): SerializationHeader {
  const stats = decodeEncodingStats(input);
  const keyType = takeText(input, 'keyType');
  const clusteringTypes = Array.from({ length: count(input, 'clusteringTypes', 1) }, () => takeText(input, 'clustering type'));
  return {
    stats,
    keyType,
    clusteringTypes,
    staticColumns: takeColumns(input, 'staticColumns'),
    regularColumns: takeColumns(input, 'regularColumns'),
  };
}

function putText(out: ByteWriter, text: string): void {
  out.vintBytes(encoder.encode(text));
}

function takeText(input: ByteReader, field: string): string {
  return input.utf8(input.length(field), field);
}

function takeColumns(input: ByteReader, field: string): HeaderColumn[] {
  return Array.from({ length: count(input, field, 2) }, () => ({
    name: takeText(input, 'column name'),
    type: takeText(input, 'column type'),
  }));
}

// A count that `remaining` can hold, each thing taking `least` bytes.
function count(input: ByteReader, field: string, least: number): number {
  const at = input.position;
  const n = input.unsignedVIntNumber(field);
  if (n * least > input.remaining) throw input.corrupt(`${n} ${field} can't be in ${input.remaining} bytes`, at);
  return n;
}
