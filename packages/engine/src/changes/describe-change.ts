import { toBigInt } from '@cassette/bytes';
import {
  CollectionType,
  type ColumnMetadata,
  CounterType,
  type CqlType,
  ListType,
  SetType,
  type TableMetadata,
  UserType,
} from '@cassette/cql';
import { BoundKind, CellFlag, type ClusteringBound, type DeletionTime, decodeClustering, Row } from '@cassette/sstable';
import type { MutationReader } from '../mutation/mutation-reader.ts';
import { splitPartitionKey } from '../prepared/restrictions/index.ts';
import { leaveEncoded } from './change-transfer.ts';

/** When something was deleted. */
export interface ChangeDeletion {
  /** Microseconds: everything up to and including this is deleted. */
  readonly timestamp: bigint;
  /** Seconds since the epoch. */
  readonly localDeletionTime: number;
}

/** What was written to one column of a row, or to one element of it. */
export interface ChangedCell {
  readonly column: string;
  /**
   * `set`: it has `value` now. `delete`: it has none. `delete elements`: a collection was emptied, before other cells of the change set
   * elements, as an assignment of a whole collection does.
   */
  readonly kind: 'set' | 'delete' | 'delete elements';
  /** Microseconds. */
  readonly timestamp: bigint;
  /**
   * Which part of a column that is not frozen: the key of a map, the element of a set, the field's name of a user type, the time UUID of a
   * list's element as its bytes; undefined for a whole column.
   */
  readonly element?: unknown;
  /** Undefined unless `set`; of a counter, the encoded context. */
  readonly value?: unknown;
  /** Seconds that it was to live, and when it expires, in seconds since the epoch; undefined for ever. */
  readonly ttl?: number;
  readonly expires?: number;
}

/** What was written to a row. */
export interface ChangedRow {
  /** Its clustering columns by name; null for the static row. */
  readonly clustering: Readonly<Record<string, unknown>> | null;
  /** Its INSERT: the row is there though all its columns be null; null for an UPDATE. */
  readonly insert: { readonly timestamp: bigint; readonly ttl?: number; readonly expires?: number } | null;
  readonly deletion: ChangeDeletion | null;
  readonly cells: readonly ChangedCell[];
}

/** One end of deleted rows: the first of the clustering columns, by name. */
export interface ChangeBound {
  readonly clustering: Readonly<Record<string, unknown>>;
  readonly inclusive: boolean;
}

/** One write to one partition of one table: what `changes` gives. Cassandra: a Mutation of the commit log, as consumers of CDC read it. */
export interface Change {
  /** Its place in the log, to be given as `since`: text, later ones are greater. */
  readonly position: string;
  readonly keyspace: string;
  readonly table: string;
  /** The partition key's columns by name. */
  readonly partitionKey: Readonly<Record<string, unknown>>;
  /** Of the whole partition. */
  readonly deletion: ChangeDeletion | null;
  /** Of ranges of rows; an end that is null is the partition's. */
  readonly deletedRanges: readonly (ChangeDeletion & { readonly from: ChangeBound | null; readonly to: ChangeBound | null })[];
  readonly rows: readonly ChangedRow[];
}

/**
 * The mutation that the reader has begun, in full. Columns that the table has no more are left out; values are
 * left encoded, for `changeFromTransfer`. Throws CorruptionError.
 */
export function describeChange(reader: MutationReader, table: TableMetadata, position: string): Change {
  const rows: ChangedRow[] = [];
  const row = new Row();
  const { keyspace, name, partitionKey: key } = table;
  const ends = new Int32Array(key.length * 2);
  splitPartitionKey(key.length, reader.bytes, reader.keyFrom, reader.keyTo, ends);
  const partitionKey = key.map(
    (column, i) => [column.name, leaveEncoded(column.type, reader.bytes.slice(ends[2 * i], ends[2 * i + 1]))] as const,
  );
  const deletion = deletionOf(reader.partitionDeletion);
  const deletedRanges = reader.ranges.map(({ start, end, deletion: of }) => ({
    ...(deletionOf(of) as ChangeDeletion),
    from: boundOf(start, table),
    to: boundOf(end, table),
  }));
  if (reader.staticTo > reader.staticFrom) {
    reader.decodeStatic(row, table);
    rows.push(changedRow(row, table));
  }
  while (reader.nextRow()) {
    reader.decodeRow(row, table);
    rows.push(changedRow(row, table));
  }
  return { position, keyspace, table: name, partitionKey: Object.fromEntries(partitionKey), deletion, deletedRanges, rows };
}

function deletionOf(deletion: DeletionTime): ChangeDeletion | null {
  if (deletion.isLive) return null;
  return { timestamp: toBigInt(deletion.hi, deletion.lo), localDeletionTime: deletion.localDeletionTime };
}

function clusteringOf(table: TableMetadata, size: number, bytes: Uint8Array, from: number, to: number): Record<string, unknown> {
  const values = decodeClustering(table.clustering, size, bytes, from, to);
  return Object.fromEntries(
    values.map((value, i) => [table.clustering[i].name, value === null ? null : leaveEncoded(table.clustering[i].type, value)]),
  );
}

function boundOf(bound: ClusteringBound, table: TableMetadata): ChangeBound | null {
  if (bound.size === 0) return null;
  const inclusive = bound.kind === BoundKind.INCL_START_BOUND || bound.kind === BoundKind.INCL_END_BOUND;
  return { clustering: clusteringOf(table, bound.size, bound.bytes, 0, bound.bytes.length), inclusive };
}

function changedRow(row: Row, table: TableMetadata): ChangedRow {
  const columns = row.isStatic ? table.staticColumns : table.regularColumns;
  const { clusteringBytes, clusteringFrom, clusteringTo } = row;
  const life = { ttl: row.livenessTtl, expires: row.livenessLocalExpirationTime };
  return {
    clustering: row.isStatic ? null : clusteringOf(table, table.clustering.length, clusteringBytes, clusteringFrom, clusteringTo),
    insert: row.hasLiveness ? { timestamp: toBigInt(row.livenessHi, row.livenessLo), ...(life.ttl !== 0 && life) } : null,
    deletion: deletionOf(row.deletion),
    cells: Array.from({ length: row.cellCount }, (_, i) => changedCell(row, i, columns[row.cellColumn[i]])),
  };
}

function changedCell(row: Row, i: number, { name: column, type }: ColumnMetadata): ChangedCell {
  const flags = row.cellFlags[i];
  const timestamp = toBigInt(row.cellHi[i], row.cellLo[i]);
  if ((flags & CellFlag.COMPLEX_DELETION) !== 0) return { column, kind: 'delete elements', timestamp };
  const path = type.isMultiCell ? row.cellPathBytes[i].slice(row.cellPathFrom[i], row.cellPathTo[i]) : null;
  const element = path === null ? {} : { element: elementOf(type, path) };
  if ((flags & CellFlag.DELETED) !== 0) return { column, kind: 'delete', timestamp, ...element };
  const bytes = row.cellValueBytes[i].slice(row.cellValueFrom[i], row.cellValueTo[i]);
  const life = (flags & CellFlag.EXPIRING) !== 0 ? { ttl: row.cellTtl[i], expires: row.cellLocalDeletionTime[i] } : {};
  return { column, kind: 'set', timestamp, ...element, value: cellValue(type, path, bytes), ...life };
}

function elementOf(type: CqlType, path: Uint8Array): unknown {
  if (type instanceof UserType) return type.fields[(path[0] << 8) | path[1]]?.name;
  if (type instanceof ListType || !(type instanceof CollectionType)) return path;
  return leaveEncoded(type.nameType, path);
}

function cellValue(type: CqlType, path: Uint8Array | null, bytes: Uint8Array): unknown {
  if (type instanceof CounterType) return bytes;
  if (path === null) return leaveEncoded(type, bytes);
  if (type instanceof SetType) return leaveEncoded(type.nameType, path);
  if (type instanceof CollectionType) return leaveEncoded(type.valueType, bytes);
  const field = type instanceof UserType ? type.fields[(path[0] << 8) | path[1]] : undefined;
  return field === undefined ? bytes : leaveEncoded(field.type, bytes);
}
