import type { CompressionParams } from '@cassette/cql';
import { type CompressionInfo, maxCompressedLengthOf } from '@cassette/sstable';

/**
 * Whether an SSTable is compressed as its table asks for: a flush compresses fast where that would be slow, and a table may have changed
 * since. `stored` is null for one that is not compressed. Cassandra: what `nodetool recompress_sstables` looks for.
 */
export function isCompressedAs(stored: CompressionInfo | null, wanted: CompressionParams): boolean {
  if (stored === null || !wanted.enabled) return stored === null && !wanted.enabled;
  return (
    stored.compressor === wanted.compressor &&
    stored.chunkLength === wanted.chunkLength &&
    stored.maxCompressedLength === maxCompressedLengthOf(wanted.chunkLength, wanted.minCompressRatio) &&
    stored.options.length === Object.keys(wanted.options).length &&
    stored.options.every(([name, value]) => wanted.options[name] === value)
  );
}
