import { CassetteError } from '@cassette/bytes';
import { type Compressor, lz4Compressor, noopCompressor } from './lz4-compressor.ts';
import { rareCompressors } from './rare-compressors-part.ts';

export type { Compressor } from './lz4-compressor.ts';

const names = ['LZ4Compressor', 'SnappyCompressor', 'DeflateCompressor', 'ZstdCompressor', 'NoopCompressor'];

/** A compressor that this build does not have. Code UNSUPPORTED_COMPRESSOR. */
export class UnsupportedCompressorError extends CassetteError {
  /** `file` is what names it, where a file does. */
  constructor(name: string, file?: string) {
    const known = names.join(', ');
    super(
      'UNSUPPORTED_COMPRESSOR',
      `compressor ${JSON.stringify(name.slice(0, 100))}${file === undefined ? '' : ` of ${file}`} is not supported; supported: ${known}. ` +
        "Let Cassandra write the table with one of these: ALTER TABLE … WITH compression = {'class': 'LZ4Compressor'}, then nodetool upgradesstables -a",
      { compressor: name, file: file ?? null },
    );
  }
}

/** Whether {@link compressorOf} knows the class name. */
export function hasCompressor(name: string): boolean {
  return names.includes(simple(name));
}

/**
 * The compressor of that class name, simple or with Cassandra's package, as `options` of CompressionInfo.db or CREATE TABLE want it.
 * They matter to what it writes, not to what it reads; those that a compressor does not know, and values that can't be, are
 * passed over, since a file may have any. Throws {@link UnsupportedCompressorError}, which names it and `file`, where the name is
 * from, and PartNotLoadedError where its code has to be loaded first.
 */
export function compressorOf(
  name: string,
  options: Iterable<readonly [name: string, value: string]> = [],
  file?: string,
): Compressor {
  const given = new Map(options);
  switch (simple(name)) {
    case 'LZ4Compressor':
      if (given.get('lz4_compressor_type') !== 'high') return lz4Compressor;
      return rareCompressors.module.lz4HighCompressor(levelOf(given.get('lz4_high_compressor_level')));
    case 'SnappyCompressor':
      return rareCompressors.module.snappyCompressor;
    case 'DeflateCompressor':
      return rareCompressors.module.deflateCompressor;
    case 'ZstdCompressor':
      return rareCompressors.module.zstdLevelCompressor(levelOf(given.get('compression_level')));
    case 'NoopCompressor':
      return noopCompressor;
    default:
      throw new UnsupportedCompressorError(name, file);
  }
}

function simple(name: string): string {
  return name.replace(/^org\.apache\.cassandra\.io\.compress\./, '');
}

function levelOf(text: string | undefined): number | undefined {
  return text !== undefined && /^[+-]?\d{1,9}$/.test(text) ? Number(text) : undefined;
}
