import { ByteReader, ByteWriter, CorruptionError } from '@cassette/bytes';
import { InvalidRequestError } from '@cassette/cql';

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

/** Throws InvalidRequestError for bytes that no page of ours ended with. */
export function decodePageState(bytes: Uint8Array): PageState {
  try {
    const input = new ByteReader(bytes, 'page state');
    if (input.u8('version') !== VERSION) throw input.corrupt('unknown version');
    const key = input.vintBytes('key').slice();
    const clustering = input.u8('in partition') === 1 ? input.vintBytes('clustering').slice() : null;
    const limit = (value: number) => (value < 0 ? Number.POSITIVE_INFINITY : value);
    const remaining = limit(input.i32('remaining'));
    const remainingInPartition = limit(input.i32('remaining in partition'));
    if (input.remaining > 0) throw input.corrupt('bytes follow');
    return { key, clustering, remaining, remainingInPartition };
  } catch (error) {
    if (!(error instanceof CorruptionError)) throw error;
    throw new InvalidRequestError(`Invalid value for the paging state: ${error.message}`);
  }
}
