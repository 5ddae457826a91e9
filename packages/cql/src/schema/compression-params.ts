import { ConfigurationError } from '../errors.ts';
import { compressPackage } from './compression-map.ts';
import type { CompressionParams } from './table-params.ts';

/** Compressors of Cassandra 5.0 and the options that each of them understands. */
const compressors: Readonly<Record<string, readonly string[]>> = {
  LZ4Compressor: ['lz4_high_compressor_level', 'lz4_compressor_type'],
  SnappyCompressor: [],
  DeflateCompressor: [],
  ZstdCompressor: ['compression_level'],
  NoopCompressor: [],
};

const defaultChunkLength = 16384;

/** No compression. */
const disabled: CompressionParams = {
  enabled: false,
  compressor: '',
  chunkLength: defaultChunkLength,
  minCompressRatio: 0,
  options: {},
};

/**
 * `compression = {…}`: `class`, `chunk_length_in_kb`, `min_compress_ratio`, what the compressor takes, or `'enabled': false`. Throws
 * ConfigurationError, in Cassandra's words. Cassandra: CompressionParams#fromMap.
 */
export function readCompression(map: Record<string, string> | undefined): CompressionParams | undefined {
  if (map === undefined) return undefined;
  const { class: name, enabled = 'true', chunk_length_in_kb: chunk, min_compress_ratio: ratio, ...options } = map;
  if (enabled.toLowerCase() !== 'true') {
    if (Object.keys(map).length > 1) {
      throw new ConfigurationError("If the 'enabled' option is set to false no other options must be specified", undefined, {
        option: 'enabled',
      });
    }
    return disabled;
  }
  if (Object.keys(map).length === 0) return disabled;
  if (name === undefined) throw new ConfigurationError("Missing sub-option 'class' for the 'compression' option.");
  if (name === '') {
    throw new ConfigurationError(
      "The 'class' option must not be empty. To disable compression use 'enabled' : false",
      undefined,
      {
        option: 'class',
      },
    );
  }
  const compressor = name.startsWith(compressPackage) ? name.slice(compressPackage.length) : name;
  if (!Object.hasOwn(compressors, compressor)) {
    const fullName = name.includes('.') ? name : compressPackage + name;
    throw new ConfigurationError(`Could not create Compression for type ${fullName}`, undefined, { option: 'class' });
  }
  if (compressor === 'LZ4Compressor') checkLz4(options);
  if (compressor === 'ZstdCompressor') checkZstd(options);
  for (const option of Object.keys(options)) {
    if (!compressors[compressor].includes(option))
      throw new ConfigurationError(`Unknown compression options ${option}`, undefined, { option });
  }
  return { enabled: true, compressor, chunkLength: readChunkLength(chunk), minCompressRatio: readRatio(ratio), options };
}

/** Cassandra: LZ4Compressor#create. */
function checkLz4({ lz4_compressor_type: type = 'fast', lz4_high_compressor_level: level = '9' }: Record<string, string>): void {
  const typeOption = 'lz4_compressor_type';
  if (type !== 'fast' && type !== 'high') {
    throw new ConfigurationError(
      `Invalid compressor type '${type}' specified for LZ4 parameter '${typeOption}'. Valid options are [high, fast].`,
      undefined,
      { option: typeOption, value: type },
    );
  }
  const option = 'lz4_high_compressor_level';
  if (/^[+-]?\d{1,9}$/.test(level) && Number(level) >= 1 && Number(level) <= 17) return;
  throw new ConfigurationError(`Invalid value [${level}] for parameter '${option}'. Value must be between 1 and 17.`, undefined, {
    option,
    value: level,
  });
}

/** Cassandra: ZstdCompressor#create. */
function checkZstd({ compression_level: level = '3' }: Record<string, string>): void {
  const option = 'compression_level';
  const wrong = (why: string) =>
    new ConfigurationError(`ZstdCompressor.create() threw an error: java.lang.${why}`, undefined, { option, value: level });
  if (!/^[+-]?\d{1,9}$/.test(level)) throw wrong(`NumberFormatException For input string: "${level}"`);
  const number = Number(level);
  if (number < -131072 || number > 22) throw wrong(`IllegalArgumentException ${option}=${number} is invalid`);
}

function readChunkLength(text: string | undefined): number {
  const option = 'chunk_length_in_kb';
  const wrong = (message: string) => new ConfigurationError(message, undefined, { option, value: text });
  if (text === undefined) return defaultChunkLength;
  if (!/^[+-]?\d{1,10}$/.test(text)) throw wrong(`Invalid value for ${option}`);
  const kilobytes = Number(text);
  if (kilobytes > 0x1fffff) throw wrong(`Value of ${option} is too large (${kilobytes})`);
  if (kilobytes <= 0) throw wrong(`Invalid negative or null ${option}`);
  if ((kilobytes & (kilobytes - 1)) !== 0) throw wrong(`${option} must be a power of 2`);
  return kilobytes * 1024;
}

function readRatio(text: string | undefined): number {
  const option = 'min_compress_ratio';
  const wrong = (message: string) => new ConfigurationError(message, undefined, { option, value: text });
  if (text === undefined) return 0;
  const ratio = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isNaN(ratio)) throw wrong(`Invalid value '${text}' for ${option}`);
  if (ratio < 0) throw wrong(`Invalid negative ${option}`);
  if (ratio > 0 && ratio < 1) throw wrong(`${option} can either be 0 or greater than or equal to 1`);
  return ratio;
}
