import type { ByteReader, ByteWriter } from '@cassette/bytes';
import type { Version } from '../version/index.ts';

// TombstoneHistogram: how many things are deleted or expire until when.
//   maxBins  i32    as bins, when written
//   bins     i32
//   bin × bins, ascending:
//     time   f64 seconds (oa, da: i64)
//     count  i64         (oa, da: i32)
//
// Cassandra: utils.streamhist.TombstoneHistogram.HistogramSerializer and .LegacyHistogramSerializer

/** Times of deletion and expiry, and how many there are around each. Cassandra: TombstoneHistogram. */
export interface TombstoneHistogram {
  /** Seconds, ascending. */
  readonly times: Float64Array;
  readonly counts: Float64Array;
}

/** Appends a histogram. */
export function encodeTombstoneHistogram(out: ByteWriter, { times, counts }: TombstoneHistogram, version: Version): void {
  out.i32(times.length);
  out.i32(times.length);
  for (let i = 0; i < times.length; i++) {
    if (version.hasUIntDeletionTime) {
      out.i64Number(times[i]);
      out.i32(counts[i]);
    } else {
      out.f64(times[i]);
      out.i64Number(counts[i]);
    }
  }
}

/** Reads a histogram. Throws CorruptionError. */
export function decodeTombstoneHistogram(input: ByteReader, version: Version): TombstoneHistogram {
  input.i32('tombstone bins');
  const size = input.i32('tombstone bins');
  if (size < 0 || size * (version.hasUIntDeletionTime ? 12 : 16) > input.remaining) {
    throw input.corrupt(`${size} tombstone bins can't be in ${input.remaining} bytes`, input.position - 4);
  }
  const times = new Float64Array(size);
  const counts = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const at = input.position;
    times[i] = version.hasUIntDeletionTime ? input.i64Number('tombstone time') : input.f64('tombstone time');
    // Not "less or equal": NaN is to fail too.
    if (!Number.isSafeInteger(times[i]) || (i > 0 && times[i] <= times[i - 1])) {
      throw input.corrupt(`tombstone bin ${i} is out of order`, at);
    }
    counts[i] = version.hasUIntDeletionTime ? input.u32('tombstone count') : input.i64Number('tombstone count');
  }
  return { times, counts };
}
