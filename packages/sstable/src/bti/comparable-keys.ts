import type { ByteWriter } from '@cassette/bytes';
import { putEscaped, SequenceByte } from '@cassette/cql';
import type { ClusteringColumn } from '../clustering/clustering-comparator.ts';
import { decodeClustering } from '../clustering/clustering-values.ts';

// The keys of tries. A partition's:
//   40, 8 bytes of token with the first bit turned over, 40, the key's bytes escaped, 38
// A clustering's or a bound's, for each of its values:
//   3e where it is null; 3f (descending: 41) where it is empty and its type has no form for that; else 40 and the value's form
//   (descending: with all bits turned over)
// and at the end by its kind 38 for a row, 20 for what lies before, 60 for what lies behind all that the values begin.
//
// Cassandra: DecoratedKey#asComparableBytes, ClusteringComparator.ByteComparableClustering, ClusteringPrefix.Kind#asByteComparableValue

const TERMINATORS: readonly number[] = [0x20, 0x20, 0x20, 0x18, 0x38, 0x60, 0x60, 0x60];

/** Appends what all keys of a token begin with. */
export function putToken(out: ByteWriter, hi: number, lo: number): void {
  out.u8(SequenceByte.NEXT);
  out.i64(hi ^ -0x80000000, lo);
}

/** Appends the form of a partition key `key[from, to)` of that token. */
export function putDecoratedKey(out: ByteWriter, hi: number, lo: number, key: Uint8Array, from: number, to: number): void {
  putToken(out, hi, lo);
  out.u8(SequenceByte.NEXT);
  putEscaped(key, from, to, out);
  out.u8(SequenceByte.TERMINATOR);
}

/**
 * Appends the form of a clustering (kind CLUSTERING) or bound of `size` values as Row.clusteringBytes has them. Throws InvalidRequestError
 * where a value is none of its type.
 */
export function putClusteringKey(
  out: ByteWriter,
  columns: readonly ClusteringColumn[],
  kind: number,
  size: number,
  bytes: Uint8Array,
  from: number,
  to: number,
): void {
  const values = decodeClustering(columns, size, bytes, from, to);
  for (let i = 0; i < size; i++) {
    const value = values[i];
    const { type, descending } = columns[i];
    if (value === null) {
      out.u8(SequenceByte.NEXT_NULL);
      continue;
    }
    const at = out.length;
    out.u8(SequenceByte.NEXT);
    if (!type.toByteComparable(value, 0, value.length, out)) {
      out.length = at;
      out.u8(descending ? SequenceByte.NEXT_EMPTY_REVERSED : SequenceByte.NEXT_EMPTY);
    } else if (descending) {
      for (let j = at + 1; j < out.length; j++) out.buffer[j] ^= 0xff;
    }
  }
  out.u8(TERMINATORS[kind]);
}
