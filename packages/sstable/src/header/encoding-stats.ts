import type { ByteReader, ByteWriter } from '@cassette/bytes';
import { highWord, lowWord, toBigInt } from '@cassette/bytes';

// EncodingStats, at the head of the serialization header; the epoch is 2015-09-22T00:00:00Z:
//   minTimestamp          uv    minTimestamp - epoch in microseconds
//   minLocalDeletionTime  uv32  minLocalDeletionTime - epoch in seconds
//   minTtl                uv32
//
// Cassandra: db.rows.EncodingStats.Serializer

/** Seconds; stands for "nothing was deleted or expires". */
export const DELETION_TIME_EPOCH = 1442880000;
/** Microseconds; stands for "nothing has a timestamp". */
export const TIMESTAMP_EPOCH = 1442880000000000n;

/**
 * What the rows of an SSTable write their times as differences to. Any values are right, the minima make small files.
 * Cassandra: db.rows.EncodingStats.
 */
export interface EncodingStats {
  /** Microseconds. */
  readonly minTimestamp: bigint;
  /** Seconds, unsigned. */
  readonly minLocalDeletionTime: number;
  /** Seconds. */
  readonly minTtl: number;
}

/** Of nothing at all. */
export const NO_STATS: EncodingStats = {
  minTimestamp: TIMESTAMP_EPOCH,
  minLocalDeletionTime: DELETION_TIME_EPOCH,
  minTtl: 0,
};

/**
 * The stats of several sources together: minima, where an epoch (or no TTL) says nothing. Cassandra: EncodingStats#merge.
 */
export function mergeEncodingStats(all: Iterable<EncodingStats>): EncodingStats {
  let { minTimestamp, minLocalDeletionTime, minTtl } = NO_STATS;
  for (const stats of all) {
    if (minTimestamp === TIMESTAMP_EPOCH || (stats.minTimestamp !== TIMESTAMP_EPOCH && stats.minTimestamp < minTimestamp)) {
      minTimestamp = stats.minTimestamp;
    }
    if (
      minLocalDeletionTime === DELETION_TIME_EPOCH ||
      (stats.minLocalDeletionTime !== DELETION_TIME_EPOCH && stats.minLocalDeletionTime < minLocalDeletionTime)
    ) {
      minLocalDeletionTime = stats.minLocalDeletionTime;
    }
    if (minTtl === 0 || (stats.minTtl !== 0 && stats.minTtl < minTtl)) minTtl = stats.minTtl;
  }
  return { minTimestamp, minLocalDeletionTime, minTtl };
}

/** Appends the three values. */
export function encodeEncodingStats(out: ByteWriter, stats: EncodingStats): void {
  const timestamp = BigInt.asIntN(64, stats.minTimestamp - TIMESTAMP_EPOCH);
  out.unsignedVInt(highWord(timestamp), lowWord(timestamp));
  out.unsignedVInt32((stats.minLocalDeletionTime - DELETION_TIME_EPOCH) | 0);
  out.unsignedVInt32(stats.minTtl);
}

/** Reads the three values. Throws CorruptionError. */
export function decodeEncodingStats(input: ByteReader): EncodingStats {
  input.unsignedVInt('minTimestamp');
  const minTimestamp = BigInt.asIntN(64, toBigInt(input.hi, input.lo) + TIMESTAMP_EPOCH);
  const minLocalDeletionTime = (input.unsignedVInt32('minLocalDeletionTime') + DELETION_TIME_EPOCH) >>> 0;
  return { minTimestamp, minLocalDeletionTime, minTtl: input.unsignedVInt32('minTtl') };
}
