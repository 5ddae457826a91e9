import { printDouble } from '../types/java-number.ts';
import type { CompressionParams } from './table-params.ts';

/** Of Cassandra's compressors. */
export const compressPackage = 'org.apache.cassandra.io.compress.';

/** The map that DESCRIBE prints. Cassandra: CompressionParams#asMap. */
export function compressionMap(params: CompressionParams): Record<string, string> {
  if (!params.enabled) return { enabled: 'false' };
  return {
    ...params.options,
    class: compressPackage + params.compressor,
    chunk_length_in_kb: String(params.chunkLength / 1024),
    ...(params.minCompressRatio === 0 ? {} : { min_compress_ratio: printDouble(params.minCompressRatio) }),
  };
}
