import { ByteReader, ByteWriter, CorruptionError } from '@cassette/bytes';
import { InvalidRequestError, type TableMetadata } from '@cassette/cql';
import { decodeClustering, skipClustering } from '@cassette/sstable';
import { splitPartitionKey } from '../prepared/restrictions/index.ts';

// Where a SELECT goes on. Opaque to callers, and independent of what the store holds: new writes and restarts don't matter.
//   version      u8   1
//   key          uv, …    the partition of the last row
//   inPartition  u8       1: more rows of it may follow
//   clustering   uv, …    of the last row, if inPartition
//   remaining    i32      rows that LIMIT still allows, -1 for no limit
//   inThis       i32      rows that PER PARTITION LIMIT still allows in this partition, -1 for no limit

/** Where the last page ended. */
export interface PageState {
  readonly key: Uint8Array;
  /** Clustering of the last row, or null where the partition is done. */
  readonly clustering: Uint8Array | null;
  /** Infinity for no limit. */
  readonly remaining: number;
  readonly remainingInPartition: number;
}

const VERSION = 1;

function putLimit(out: ByteWriter, limit: number): void {
  out.i32(Number.isFinite(limit) ? limit : -1);
}

/** The bytes that callers carry. */
export function encodePageState(state: PageState): Uint8Array {
  const out = new ByteWriter(64);
  out.u8(VERSION);
  out.vintBytes(state.key);
  out.u8(state.clustering === null ? 0 : 1);
  if (state.clustering !== null) out.vintBytes(state.clustering);
  putLimit(out, state.remaining);
  putLimit(out, state.remainingInPartition);
  return out.toBytes();
}

/** Throws InvalidRequestError for bytes that no page of that table ended with. */
export function decodePageState(bytes: Uint8Array, table: TableMetadata): PageState {
  try {
    const input = new ByteReader(bytes, 'page state');
    if (input.u8('version') !== VERSION) throw input.corrupt('unknown version');
    const key = input.vintBytes('key').slice();
    const clustering = input.u8('in partition') === 1 ? input.vintBytes('clustering').slice() : null;
    const limit = (value: number) => (value < 0 ? Number.POSITIVE_INFINITY : value);
    const remaining = limit(input.i32('remaining'));
    const remainingInPartition = limit(input.i32('remaining in partition'));
    if (input.remaining > 0) throw input.corrupt('bytes follow');
    checkKey(key, table);
    if (clustering !== null) checkClustering(clustering, table);
    return { key, clustering, remaining, remainingInPartition };
  } catch (error) {
    if (!(error instanceof CorruptionError) && !(error instanceof InvalidRequestError)) throw error;
    throw new InvalidRequestError(`Invalid value for the paging state: ${error.message}`);
  }
}

function checkKey(key: Uint8Array, { partitionKey }: TableMetadata): void {
  const count = partitionKey.length;
  const ends = new Int32Array(count * 2);
  splitPartitionKey(count, key, 0, key.length, ends);
  const end = ends[2 * count - 1] + (count > 1 ? 1 : 0);
  if (key.length === 0 || end !== key.length) throw new InvalidRequestError('it has no key of the table');
  partitionKey.forEach(({ type }, i) => {
    type.validate(key, ends[2 * i], ends[2 * i + 1]);
  });
}

function checkClustering(bytes: Uint8Array, { clustering: columns }: TableMetadata): void {
  const input = new ByteReader(bytes, 'page state');
  const fixedLengths = Int32Array.from(columns, ({ type }) => type.fixedLength);
  skipClustering(input, fixedLengths, columns.length);
  if (input.remaining > 0) throw input.corrupt('a clustering has more bytes than values');
  decodeClustering(columns, columns.length, bytes, 0, bytes.length).forEach((value, i) => {
    if (value !== null && value.length > 0) columns[i].type.validate(value, 0, value.length);
  });
}
